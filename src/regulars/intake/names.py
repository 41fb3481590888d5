"""Headings by which the columns of orders are known, in the languages and exports met most.

Each field has groups of headings, best first: a column of an earlier group is taken before one of
a later group; two columns of the same group are equally good. Headings are written as
`plain_heading` gives them: lower case, words apart, no punctuation.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from regulars.intake.record_names import RECORD_HEADINGS

FIELDS = (
    "customer",
    "when",
    "amount",
    "quantity",
    "unit_price",
    "refund",
    "order",
    "product",
    "category",
    "discount",
    "channel",
    "currency",
    "status",
    "name",
)

HEADINGS: Mapping[str, Sequence[str]] = {
    "customer": (
        "customer unique id|unique customer id",
        "customer id|customer no|customer nr|customer number|customer key|customer code|cust id"
        "|cust no|custid|client id|client no|client number|kundnummer|kund nr|kundnr|kund id|kundid"
        "|kundennummer|kunden nr|kundennr|kunden id|kundenid|客户编号|客户id|客户号|顾客编号"
        "|顾客id|会员编号|会员id|会员号|会员卡号|买家id|用户id|用户编号",
        "member id|member no|member number|membership number|account id|account number|household id"
        "|household key|household|panelist id|shopper id|buyer id|user id|userid|loyalty card"
        "|card id|loyalty id|contact id|customer user id|medlemsnummer|medlems nr|mitgliedsnummer",
        "customer|client|cust|customer ref|customer reference|kund|kunde|客户|顾客|会员|买家|用户",
        "email|e mail|customer email|email address|e mail address|billing email|buyer email"
        "|contact email|e post|epost|e postadress|kund e post|e mail adresse|邮箱|电子邮箱"
        "|客户邮箱",
        "phone|customer phone|billing phone|mobile|phone number|telefon|mobil"
        "|手机|手机号|手机号码|电话|会员手机|会员手机号|客户手机|客户手机号|顾客手机号|买家手机|买家手机号|会员电话|客户电话"
        "|联系电话",
        "customer name|client name|buyer name|billing name|member name|customer full name|kundnamn"
        "|kundenname|客户名称|客户姓名|顾客姓名|会员姓名|买家昵称|买家会员名|姓名",
    ),
    "when": (
        "order date|ordered at|ordered on|order datetime|order timestamp|order time|date of order"
        "|order placed at|placed at|placed on|purchase date|purchased at|purchased on"
        "|purchase time|purchase timestamp|order purchase timestamp|date of purchase|sale date"
        "|sales date|sold at|sold on|transaction date|transaction timestamp|transaction time"
        "|transaction datetime|date of sale|order created at|order created date|order date time"
        "|orderdatum|beställningsdatum|köpdatum|inköpsdatum|försäljningsdatum|transaktionsdatum"
        "|bestelldatum|bestellt am|kaufdatum|verkaufsdatum|下单时间|下单日期|订单日期|订单时间"
        "|订单创建时间|购买日期|购买时间|交易日期|交易时间|销售日期|成交时间|消费时间|消费日期",
        "invoice date|invoiced at|receipt date|billing date|fakturadatum|kvittodatum"
        "|rechnungsdatum|belegdatum|开票日期",
        "date|datetime|date time|timestamp|day|datum|datum tid|tidpunkt|tid|zeitpunkt|zeitstempel"
        "|日期|时间|日期时间",
        "created at|created|created on|creation date|date created|created utc|created date"
        "|skapad|skapad datum|erstellt am|创建时间|创建日期",
        "paid at|paid on|payment date|date paid|processed at|completed at|betalningsdatum"
        "|betald|zahlungsdatum|bezahlt am|付款时间|支付时间|付款日期|订单付款时间",
    ),
    "amount": (
        "line total|line amount|line net amount|line revenue|lineitem total|item total"
        "|radsumma|radbelopp|zeilensumme|positionsbetrag|行金额",
        "amount|net amount|net sales|net revenue|net total|net value|sales value|sales amount"
        "|revenue|sales|spend|amount spent|purchase amount|purchase value|transaction amount"
        "|transaction value|payment value|value|total sales|amount paid|paid amount|net"
        "|belopp|nettobelopp|summa|försäljning|omsättning|köpbelopp|betrag|nettobetrag|umsatz"
        "|nettoumsatz|金额|销售额|销售金额|实付金额|实付|实收金额|消费金额|交易金额|付款金额|支付金额"
        "|买家实际支付金额"
        "|净额|成交金额",
        "order total|order amount|order value|total|grand total|total amount|total price"
        "|total paid|order total amount|base grand total|total value|order net total"
        "|grand total base|grand total purchased"
        "|ordersumma|ordervärde|totalt|totalbelopp|totalsumma|att betala|gesamtbetrag|gesamt"
        "|gesamtsumme|bestellwert|bestellsumme|gesamtpreis|订单金额|订单总额|总金额|总价|总额|合计",
        "subtotal|gross sales|gross amount|gross revenue|gross total|bruttobelopp|bruttobetrag"
        "|delsumma|zwischensumme|小计|应付金额|gross",
    ),
    "quantity": (
        "quantity|qty|lineitem quantity|item quantity|order quantity|quantity ordered|units"
        "|units sold|number of units|item count|pieces|antal|kvantitet|menge|anzahl|stückzahl"
        "|stück|数量|购买数量|件数|销售数量",
    ),
    "unit_price": (
        "unit price|price per unit|item price|lineitem price|price each|item cost|unit cost"
        "|á pris|à pris|a pris|styckpris|enhetspris|pris per styck|einzelpreis|stückpreis|单价"
        "|售价",
        "price|pris|preis|价格|sale price|selling price",
    ),
    "refund": (
        "refunded amount|refund amount|amount refunded|total refunded|refunded total|refund total"
        "|total refund|refund value|refunded value|order refund amount|base total refunded"
        "|återbetalt belopp|återbetalat belopp|återbetalt|återbetalat|erstattungsbetrag"
        "|rückerstattungsbetrag|erstatteter betrag|erstattet|rückerstattet|退款金额|退款额"
        "|已退款金额|实际退款金额",
        "refund|refunds|refunded|återbetalning|återbetalningar|erstattung|rückerstattung|退款",
    ),
    "order": (
        "order id|order number|order no|order nr|orderid|ordernumber|order key|order ref"
        "|order reference|purchase id|ordernummer|orderns nummer|order nummer|beställningsnummer"
        "|bestellnummer|bestell nr|auftragsnummer|订单号|订单编号|订单id|单号|主订单编号",
        "invoice|invoice no|invoice number|invoice id|invoice nr|invoiceno|fakturanummer"
        "|faktura nr|rechnungsnummer|rechnung nr|rechnungs nr|发票号|发票号码",
        "basket id|basket|receipt|receipt id|receipt no|receipt number|ticket|ticket id"
        "|ticket number|bill no|kvitto|kvittonummer|kvittonr|belegnummer|beleg nr|bonnummer"
        "|bon nr|小票号|流水号",
        "transaction id|transaction number|transaction no|transaction|transactionid|payment id"
        "|transaktions id|transaktionsnummer|transaktion|交易号|交易编号|交易流水号",
        "order|increment id|bestellung|订单",
    ),
    "product": (
        "product id|sku|product sku|lineitem sku|item sku|stock code|stockcode|item id|item no"
        "|item number|item code|product code|product number|article number|article no|article id"
        "|artikelnummer|artikelnr|artikel nr|artikel id|produkt id|produktnummer|varunummer"
        "|商品编号|商品id|商品编码|产品编号|产品id|货号|upc|ean|gtin",
        "product name|lineitem name|item name|product title|product|item|article|artikel|produkt"
        "|vara|produktnamn|artikelnamn|produktname|artikelname|artikelbezeichnung|商品名称|产品名称"
        "|商品|产品|商品标题|宝贝标题",
        "description|item description|product description|benämning|beskrivning|bezeichnung|品名",
    ),
    "category": (
        "category|product category|item category|product category name|category name|kategori"
        "|produktkategori|varugrupp|kategorie|produktkategorie|warengruppe|类别|品类|商品类别|分类"
        "|商品分类",
        "department|product type|product group|avdelning|abteilung|部门",
    ),
    "discount": (
        "discount|discount amount|discounts|total discount|lineitem discount|discount value"
        "|cart discount|discount total|retail disc|coupon disc|coupon match disc|order discount"
        "|rabatt|rabattbelopp|rabattbetrag|折扣|折扣金额|优惠|优惠金额",
        "discount code|coupon|coupon code|coupons|promo code|promotion code|voucher|voucher code"
        "|rabattkod|rabattcode|gutschein|gutscheincode|优惠券|优惠码",
    ),
    "channel": (
        "channel|sales channel|order channel|purchase channel|kanal|försäljningskanal"
        "|vertriebskanal|verkaufskanal|渠道|销售渠道|购买渠道",
        "source|order source|source name|platform|来源|订单来源|平台",
        "store|store id|store name|shop|branch|location|outlet|butik|butiks id|filial|filiale"
        "|门店|店铺|店铺名称|分店",
    ),
    "currency": (
        "currency|currency code|order currency|order currency code|base currency code|valuta"
        "|valutakod|währung|waehrung|währungscode|币种|货币|货币代码",
    ),
    "status": (
        "order status|status|orderstatus|order state|beställningsstatus|bestellstatus|订单状态"
        "|状态|交易状态",
        "financial status|payment status|betalningsstatus|zahlungsstatus|付款状态",
        "type|transaction type|order type|event type|line type|record type|event|transaktionstyp"
        "|radtyp|art|vorgangsart|类型|交易类型|订单类型",
    ),
    # Who the customer is to a person, beside a number or an address that names them to a machine.
    "name": (
        "customer name|client name|buyer name|member name|customer full name|kundnamn|kundenname"
        "|客户名称|客户姓名|顾客姓名|会员姓名|姓名",
        "billing name|full name|name|namn|名字",
    ),
}

# A heading with one of these words is not the field, however much of the heading fits.
NOT_THE_FIELD: Mapping[str, str] = {
    "customer": "city|state|zip|country|group|type|since|segment|age|gender|service|count|note"
    "|notes|address|rank|province|region|language|accepts|created|message",
    "when": "ship|shipped|shipping|deliver|delivered|delivery|birth|birthday|updated|modified"
    "|estimated|due|expiry|expires|approved|fulfilled|cancelled|canceled|refunded|return|joined"
    "|signup|registered|first|last|end|limit|zone|carrier|leverans|lieferdatum|hour|dow|week|month|year|versand|发货|收货",
    "amount": "tax|vat|moms|mwst|shipping|freight|frakt|versand|discount|rabatt|refund|refunded"
    "|outstanding|balance|cost|fee|fees|tip|tips|count|quantity|zip|number|id|currency|code|date"
    "|due|tax1|duties|points|items|运费|税",
    "quantity": "price|refunded|returned|shipped|canceled|cancelled|refunded|photos|invoiced",
    "unit_price": "compare|tax|vat|currency|shipping",
    "refund": "date|at|on|id|number|no|reason|status|state|type|method|by|note|notes|tax|shipping"
    "|currency|name|count|quantity|qty|items|item|customer|order",
    "order": "date|status|total|amount|type|source|channel|currency|value|count|item|at|time|notes"
    "|discount|payment|line|state|quantity|month|week|year|day|hour|dow|seq|sequence",
    "product": "category|type|price|weight|length|height|width|count|qty|photos|quantity|vendor"
    "|total|discount|status|group|options|variant|url|requires|taxable",
    "category": "id count|discount",
    "discount": "code type|type|title",
    "channel": "currency|url|address|credit|city",
    "currency": "rate|exchange",
    "name": "product|item|lineitem|file|store|shop|branch|campaign|staff|employee|agent|first|last"
    "|category|company|shipping|user|brand|order|channel|city|country",
    "status": "date|at|fulfillment|shipping|delivery|payment|product|customer|item|card|store"
    "|category|account|member|address",
}

_NOISE = re.compile(
    r"\b(utc|gmt|cet|local|incl|excl|inc|ex|exkl|inkl|vat|moms|mwst|usd|eur|gbp|sek|cny|rmb|nok"
    r"|dkk|chf|jpy|kr|元)\b"
)


@lru_cache(maxsize=1 << 15)
def plain_heading(heading: str) -> str:
    """A heading in lower case with its words apart: `InvoiceNo`, `invoice_no` -> `invoice no`."""
    text = unicodedata.normalize("NFKC", heading)
    text = re.sub(r"(?<=[a-zåäöü0-9])(?=[A-ZÅÄÖÜ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


@lru_cache(maxsize=1 << 15)
def _bare(plain: str) -> str:
    """A plain heading without units and asides: `amount incl vat sek` -> `amount`."""
    return " ".join(_NOISE.sub(" ", plain).split())


def _groups(field: str) -> dict[str, int]:
    """Known headings of a field, also with their words run together, and their ranks."""
    ranks: dict[str, int] = {}
    for rank, group in enumerate(_HEADINGS[field]):
        for heading in group.split("|"):
            ranks.setdefault(heading, rank)
            ranks.setdefault(heading.replace(" ", ""), rank)
    return ranks


_HEADINGS = {**HEADINGS, **RECORD_HEADINGS}
_KNOWN = {field: _groups(field) for field in _HEADINGS}
_EXCLUDED = {field: frozenset(NOT_THE_FIELD[field].split("|")) for field in FIELDS}
# How the columns begin that say why a row was put aside; in a file that is fed again they are ours.
PUT_ASIDE = "put aside: "
_LONGEST_HEADING = 200  # characters; what is longer is a text
_WITHIN = 10  # added to the rank of a heading that only contains a known one


def heading_rank(field: str, heading: str) -> int | None:
    """How well a heading names a field: 0 is best, None is not at all."""
    if len(heading) > _LONGEST_HEADING or heading.startswith(PUT_ASIDE):
        return None
    plain = plain_heading(heading)
    known = _KNOWN[field]
    for form in (plain, _bare(plain), plain.replace(" ", "")):
        if form in known:
            return known[form]
    words = _bare(plain).split()
    if field not in FIELDS or not _EXCLUDED[field].isdisjoint(words):
        return None
    parts = (
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    )
    ranks = [known[part] for part in parts if part in known]
    return _WITHIN + min(ranks) if ranks else None
