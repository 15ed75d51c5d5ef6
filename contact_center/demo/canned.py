"""The demo's prepared answers, in both languages."""

from __future__ import annotations

from contact_center.extensions import db
from contact_center.tickets.models import CannedReply

TEXTS = (
    ("Warranty check", "en", "Hello {customer.name},\n\nI have checked your warranty: the repair is free of charge. May our technician come on "),
    ("Photo of the type label", "en", "Could you send a photo of the type label? It is inside on the left, behind the vegetable drawer."),
    ("Delivery delayed", "en", "Hello {customer.name},\n\nI am sorry for the delay. The new date is "),
    ("Closing", "en", "I am closing {ticket.ref} now. If anything is missing, simply answer this e-mail.\n\n{agent.name}"),
    ("保修核实", "zh_Hans_CN", "{customer.name}您好，已为您核实保修：本次维修免费。师傅上门时间："),
    ("请拍铭牌照片", "zh_Hans_CN", "您好，请拍一张铭牌的照片（冷藏室左侧，果蔬盒后面），谢谢。"),
    ("物流延误", "zh_Hans_CN", "{customer.name}您好，非常抱歉送货延误，新的送货时间是"),
    ("结束语", "zh_Hans_CN", "{ticket.ref} 先为您结案。如有其他问题，直接回复此邮件即可。\n\n{agent.name}"),
)  # fmt: skip


def write() -> None:
    """Add them to an empty installation."""
    db.session.add_all(CannedReply(name=name, language=language, body=body) for name, language, body in TEXTS)
    db.session.flush()
