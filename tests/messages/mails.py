"""Mails as they come in."""

from email.message import EmailMessage

ANA = "Ana Lind <ana@example.org>"


def mail(text="Hello,\nthe tins are dented.", *, sender=ANA, subject="Dented tins", **headers):
    """A mail as bytes; `Message_ID` and the like are headers."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "hello@lindqvist.example", subject
    told = {"Message_ID": f"<{abs(hash((text, subject, sender)))}@example.org>"} | headers
    for name, value in told.items():
        if value is not None:
            made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def bounce(message_id, *, to="ana@example.org", status="5.1.1", action="failed"):
    """A report of delivery as RFC 3464 has it."""
    return f"""From: MAILER-DAEMON@mx.example
To: hello@lindqvist.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-{abs(hash((message_id, status, action)))}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Thu, 15 Jan 2026 11:00:00 +0000

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user

--B
Content-Type: message/rfc822

From: hello@lindqvist.example
To: {to}
Subject: An offer
Message-ID: {message_id}

Tea.
--B--
""".encode()


def abuse(message_id, *, to="ana@example.org", kind="abuse"):
    """A report of abuse as RFC 5965 has it."""
    return f"""From: fbl@mailhouse.example
To: hello@lindqvist.example
Subject: FW: An offer
Message-ID: <fbl-{abs(hash((message_id, kind)))}@mailhouse.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is a report of abuse.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Mailhouse/1.0
Version: 1
Original-Rcpt-To: <{to}>

--B
Content-Type: text/rfc822-headers

From: hello@lindqvist.example
To: {to}
Message-ID: {message_id}

--B--
""".encode()
