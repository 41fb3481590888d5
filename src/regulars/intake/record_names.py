"""Headings of what is known beside orders: people, promises, contacts, invoices, returns, events.

Written as in `intake.names`, which knows the headings of orders. Here a heading has to be one of
these as it stands: "id" or "date" within a longer one says too little.
"""

from collections.abc import Mapping, Sequence

RECORD_HEADINGS: Mapping[str, Sequence[str]] = {
    # People: each of these keys is exact.
    "customer_id": (
        "customer unique id|unique customer id",
        "customer id|customer no|customer nr|customer number|customer key|customer code|customer"
        "|cust id|cust no|client id|client no|client number|kundnummer|kund nr|kundnr|kund id"
        "|kundennummer|kunden nr|kundennr|kunden id|客户编号|客户id|客户号|顾客编号|顾客id|会员编号"
        "|会员id|会员号|买家id|用户id|用户编号",
        "member id|member no|member number|account id|account number|household id|shopper id"
        "|buyer id|user id|userid|contact id|requester id|medlemsnummer|mitgliedsnummer",
    ),
    "account": ("customer id|account id|account number|user id|userid|member id|member number",),
    "email": (
        "email|e mail|email address|e mail address|customer email|billing email|buyer email"
        "|contact email|requester email|e post|epost|e postadress|kund e post|e mail adresse"
        "|邮箱|电子邮箱|客户邮箱",
    ),
    "phone": (
        "phone|phone number|mobile|mobile phone|customer phone|billing phone|telephone|telefon"
        "|telefonnummer|mobil|mobiltelefon|handy|手机|手机号|手机号码|电话|客户手机|会员手机|联系电话",
    ),
    "card": (
        "card|card number|card no|loyalty card|loyalty card number|member card|membership card"
        "|kortnummer|kundkort|kundenkarte|会员卡号|卡号",
    ),
    "first_name": ("first name|given name|forename|billing first name|förnamn|vorname|名",),
    "last_name": ("last name|surname|family name|billing last name|efternamn|nachname|姓",),
    "language": ("language|locale|preferred language|språk|sprache|语言",),
    "relationship": ("relationship|customer relationship|relation|kundrelation|关系",),
    "party": ("customer kind|customer type|party|kundtyp|kundenart|客户类型",),
    # What every record is known by at its source.
    "key": (
        "id|key|record id|external id|reference|ref|source key|nummer|编号",
        "number|no|nr",
    ),
    "order_key": (
        "order id|order number|order no|order nr|orderid|order key|order ref|order reference"
        "|order name|order|ordernummer|beställningsnummer|bestellnummer|auftragsnummer"
        "|订单号|订单编号|订单id",
    ),
    # Promises.
    "promise_key": (
        "promise id|promise number|promise key|promise no|löftesnummer|zusage nr|承诺编号",
    ),
    "promise_kind": ("promise kind|promise type|promise|löfte|zusage|承诺类型|承诺",),
    "made": (
        "made at|promised at|promised on|promise date|promise made at|given at|lovat|zugesagt am"
        "|承诺时间",
        "order purchase timestamp|order date|ordered at|placed at|purchase date|orderdatum"
        "|bestelldatum|下单时间",
        "created at|created|date|datum|日期",
    ),
    "due": (
        "due at|due|due on|due date|promised for|promised until|promised by|promised delivery date"
        "|promised delivery|deadline|order estimated delivery date|estimated delivery date"
        "|estimated delivery|expected delivery date|expected delivery|lovat till|lovat datum"
        "|utlovad leverans|utlovat leveransdatum|zugesagt für|zugesagt bis|liefertermin"
        "|承诺日期|预计送达时间|预计到货日期",
    ),
    "kept": (
        "kept at|kept on|kept|done at|fulfilled at|fulfilled on|delivered at|delivered on"
        "|delivery date|actual delivery date|order delivered customer date|delivered date"
        "|delivered customer date|levererad|leveransdatum|eingehalten am|geliefert am|lieferdatum"
        "|送达时间|到货日期|完成时间",
    ),
    "withdrawn": ("withdrawn at|withdrawn on|withdrawn|återtaget|zurückgenommen am|撤回时间",),
    # Contacts, tickets among them.
    "contact_key": (
        "ticket id|ticket number|ticket no|ticket|contact key|contact number|call id|chat id"
        "|conversation id|visit id|case id|case number|ärendenummer|ticketnummer|工单号|工单编号",
    ),
    "contact_kind": (
        "contact kind|contact type|via|via channel|contact channel|kontaktsätt|kontakttyp"
        "|kontaktart|联系方式",
    ),
    "direction": ("direction|inbound outbound|riktning|richtung|方向",),
    "started": (
        "started at|started on|start|start time|began at|call start|visit date|contact date"
        "|contacted at|started|samtalsstart|besöksdatum|kontaktdatum|beginn|开始时间|联系时间",
        "created at|created|created on|date created|requested at|opened at|skapad|erstellt am"
        "|创建时间",
        "date|datetime|timestamp|datum|日期|时间",
    ),
    "ended": (
        "ended at|ended on|end|end time|call end|ended|slut|ende|结束时间",
        "solved at|closed at|close at|resolved at|löst|stängd|geschlossen am|解决时间|关闭时间",
    ),
    "waiting": (
        "waiting seconds|wait seconds|wait time|waiting time|waiting time s|väntetid|wartezeit"
        "|等待时间",
    ),
    "waiting_minutes": (
        "waiting minutes|first reply time in minutes|first response time in minutes"
        "|first response in min",
    ),
    "handling": (
        "handling seconds|handle seconds|talk time|duration|duration s|duration seconds"
        "|samtalstid|gesprächsdauer|通话时长|处理时长",
    ),
    "outcome": (
        "outcome|result|disposition|resolution|utfall|ergebnis|结果",
        "status|state|ticket status|ärendestatus|状态",
    ),
    "note": (
        "note|notes|subject|title|comment|description|ämne|anteckning|betreff|notiz|主题|备注",
    ),
    # Invoices.
    "invoice_key": (
        "invoice id|invoice number|invoice no|invoice nr|invoice|fakturanummer|faktura nr"
        "|faktura|rechnungsnummer|rechnung nr|发票号|发票号码",
    ),
    "issued": (
        "issued on|issued at|issue date|invoice date|invoiced on|invoiced at|fakturadatum"
        "|rechnungsdatum|开票日期",
        "date|datum|日期|created at",
    ),
    "pay_by": (
        "due on|due date|due|payment due|payment due date|pay by|due at|förfallodatum|förfallodag"
        "|fälligkeitsdatum|fällig am|到期日|付款期限",
    ),
    "paid": (
        "paid on|paid at|payment date|date paid|paid|betald|betaldatum|betalningsdatum|bezahlt am"
        "|zahlungsdatum|付款日期|支付日期",
    ),
    "total": (
        "amount|total|invoice total|invoice amount|amount due|total amount|grand total|belopp"
        "|fakturabelopp|summa|totalt|betrag|rechnungsbetrag|gesamtbetrag|金额|总金额|发票金额",
    ),
    # Returns.
    "return_key": (
        "return id|return number|return no|rma|rma number|return|refund id|returnummer|retur nr"
        "|retourennummer|退货单号|退款单号",
    ),
    "returned": (
        "returned at|returned on|return date|date of return|refunded at|refunded on|refund date"
        "|returdatum|returnerad|rückgabedatum|退货时间|退货日期|退款时间",
        "date|datum|日期|created at",
    ),
    "paid_back": (
        "refund|refund amount|refunded|refunded amount|amount refunded|return amount|amount"
        "|återbetalning|återbetalt|erstattung|erstattungsbetrag|退款金额|退货金额|金额",
    ),
    "reason": (
        "reason|return reason|reason code|orsak|returorsak|grund|rückgabegrund|退货原因|原因",
    ),
    # Events of any other kind.
    "event_kind": ("event|event kind|event type|event name|kind|händelse|ereignis|事件|事件类型",),
    "happened": (
        "occurred at|happened at|occurred on|event time|event date|event timestamp|timestamp"
        "|inträffade|zeitpunkt|发生时间|事件时间",
        "date|datetime|time|created at|datum|日期|时间",
    ),
    # Orders, beside what `intake.names` knows.
    "branch": (
        "branch|branch code|branch id|store code|filial|filialkod|filiale|门店编码|分店编码",
    ),
    "coupon": (
        "coupon|coupon code|coupon codes|discount code|promo code|voucher code|rabattkod"
        "|rabattcode|gutscheincode|优惠码|优惠券",
    ),
    "shipping": (
        "shipping|shipping total|order shipping|shipping amount|shipping cost|freight|frakt"
        "|versandkosten|运费",
    ),
    "tax": ("taxes|tax|order tax|tax total|total tax|tax amount|moms|mwst|steuer|税|税额",),
    "line_discount": ("lineitem discount|line discount|item discount|radrabatt|zeilenrabatt",),
    "order_discount": (
        "discount amount|cart discount|cart discount amount|order discount|discount total"
        "|total discount|discounts|discount|rabatt|rabattbelopp|rabattbetrag|折扣金额|优惠金额",
    ),
    "product_name": (
        "product name|lineitem name|item name|product title|item|product|artikel|produkt"
        "|produktnamn|artikelnamn|商品名称|产品名称|商品标题|description|item description"
        "|product description|benämning|beskrivning|bezeichnung|品名",
    ),
    "time": ("time|time of day|tid|klockslag|uhrzeit|时刻",),
    "line_gross": ("line gross|gross line total|radsumma brutto|zeilensumme brutto",),
    "cancelled": ("cancelled at|canceled at|cancelled on|avbeställd|storniert am|取消时间",),
}

# Those that are days or moments.
RECORD_MOMENTS = (
    "made",
    "due",
    "kept",
    "withdrawn",
    "started",
    "ended",
    "issued",
    "pay_by",
    "paid",
    "returned",
    "happened",
    "cancelled",
)
