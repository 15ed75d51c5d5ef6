"""Fill an empty database with a firm of a given size: a million customers and tickets, five million messages, and the
archive of `scale_archive`. For benches, and for `contact-center demo --scale`.

A pool of texts that our own tokenizer has cut goes in by COPY; the server itself makes the rows from it, in the order of
time, faster than any client could send them. Indexes are built last. Nothing is random between two runs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator

import psycopg

from contact_center import clock
from contact_center.demo import scale_archive
from contact_center.text import tokens

POOL = 20_000
SLICES = 40
QUEUES, TEAMS, AGENTS = 20, 5, 200
COMMON = [
    "fridge",
    "order",
    "delivery",
    "please",
    "thank",
    "you",
    "the",
    "not",
    "cooling",
    "warranty",
    "repair",
    "invoice",
]
COMMON_ZH = ["冰箱", "订单", "请问", "谢谢", "不制冷", "保修", "维修", "发票", "退货", "洗衣机"]
# Characters of ordinary Chinese prose; two of them make a word.
_HANZI = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def _vocabulary() -> tuple[list[str], list[float], list[str], list[float]]:
    r = random.Random(3)
    syllables = [a + b for a in "bcdfghklmnprstvw" for b in "aeiou"]
    latin = list(dict.fromkeys("".join(r.choice(syllables) for _ in range(r.randint(2, 4))) for _ in range(24_000)))
    chinese = list(dict.fromkeys("".join(r.choice(_HANZI) for _ in range(2)) for _ in range(6_000)))
    return (
        COMMON + latin, list(itertools.accumulate(1 / (i + 3) for i in range(len(COMMON) + len(latin)))),
        COMMON_ZH + chinese, list(itertools.accumulate(1 / (i + 3) for i in range(len(COMMON_ZH) + len(chinese)))),
    )  # fmt: skip


def pool() -> Iterator[tuple[int, str, str]]:
    """Texts, every third of them Chinese, with their search vectors."""
    latin, weights, chinese, weights_zh = _vocabulary()
    for i in range(POOL):
        r = random.Random(i)
        if i % 3:
            text = " ".join(r.choices(latin, cum_weights=weights, k=r.randint(15, 70)))
        else:
            text = "，".join("".join(r.choices(chinese, cum_weights=weights_zh, k=4)) for _ in range(r.randint(3, 12)))
        yield i, text, tokens.vector(text)


PEOPLE = f"""
    INSERT INTO team (id, name) OVERRIDING SYSTEM VALUE SELECT i, 'Team ' || i FROM generate_series(1, {TEAMS}) i;
    INSERT INTO queue (id, name, team_id, position) OVERRIDING SYSTEM VALUE
        SELECT i, 'Queue ' || i, 1 + i % {TEAMS}, i FROM generate_series(1, {QUEUES}) i;
    INSERT INTO mailbox (address, queue_id) SELECT 'queue' || i || '@norra.example', i FROM generate_series(1, {QUEUES}) i;
    INSERT INTO agent (id, email, name, active, fs_uniquifier) OVERRIDING SYSTEM VALUE
        SELECT i, 'agent' || i || '@norra.example', 'Agent ' || i, true, 'bench' || i FROM generate_series(1, {AGENTS}) i;
    INSERT INTO agent_role SELECT i, (SELECT id FROM role WHERE name = CASE WHEN i = 1 THEN 'administrator'
        WHEN i <= 11 THEN 'supervisor' ELSE 'agent' END) FROM generate_series(1, {AGENTS}) i;
    INSERT INTO team_member SELECT 1 + i % {TEAMS}, i FROM generate_series(1, {AGENTS}) i;
    INSERT INTO queue_member SELECT 1 + (i * 7 + k * 5) % {QUEUES}, i
        FROM generate_series(12, {AGENTS}) i, generate_series(0, 2) k;
"""
CUSTOMERS = """
    INSERT INTO customer (id, kind, status, name, since, changed_at, search) OVERRIDING SYSTEM VALUE
        SELECT i, 'PERSON', 'ACTIVE', 'Customer ' || i, now() - interval '3 years', now() - interval '1 year',
               ('''customer'':1 ''' || i || ''':2')::tsvector
        FROM generate_series(1, %(customers)s) i;
    INSERT INTO contact_point (customer_id, scheme, value, source, added_at)
        SELECT i, 'EMAIL', 'customer' || i || '@mail.example', 'MESSAGE', now() FROM generate_series(1, %(customers)s) i;
"""
# Two years, newest last. The last 3 % are unsettled; a week before them is resolved; the rest is closed.
TICKETS = """
    INSERT INTO ticket (id, subject, customer_id, queue_id, assignee_id, state, priority, kind, tags, channel, language,
                        order_number, token, portal_token, opened_at, changed_at, last_inbound_at, last_outbound_at,
                        waiting_since, resolved_at, closed_at, search) OVERRIDING SYSTEM VALUE
    SELECT 1000 + i, left(p.text, 60), c, q, CASE WHEN state = 'NEW' THEN NULL ELSE 12 + h % 189 END, state,
           CASE WHEN h % 100 = 0 THEN 'URGENT' WHEN h % 10 = 1 THEN 'HIGH' WHEN h % 10 = 2 THEN 'LOW' ELSE 'NORMAL' END,
           (ARRAY['QUESTION','ORDER','DELIVERY','REPAIR','RETURN','INVOICE','COMPLAINT','OTHER'])[1 + (h / 100) % 8],
           CASE WHEN h % 5 = 0 THEN ARRAY['vip'] WHEN h % 1000 = 1 THEN ARRAY['recall'] ELSE '{}' END,
           (ARRAY['email','email','email','web'])[1 + h % 4], CASE WHEN i % 3 = 0 THEN 'zh' ELSE 'en' END,
           CASE WHEN h % 4 = 0 THEN (10000000 + i)::text END, 'token' || i, 'portal' || i, at,
           at + interval '1 hour' * (1 + h % 90), at, CASE WHEN state <> 'NEW' THEN at + interval '1 hour' END,
           CASE WHEN state IN ('NEW', 'OPEN') THEN at END,
           CASE WHEN state IN ('RESOLVED', 'CLOSED') THEN at + interval '2 days' END,
           CASE WHEN state = 'CLOSED' THEN at + interval '9 days' END,
           p.search || CASE WHEN h % 4 = 0 THEN ('''' || (10000000 + i) || ''':99')::tsvector ELSE ''::tsvector END
    FROM (
        SELECT i, at, h, 1 + h % %(customers)s AS c, 1 + (sqrt(h % 400)::int % {queues}) AS q, h % {pool} AS text_id,
               CASE WHEN i > %(tickets)s * 0.97 THEN (ARRAY['NEW','OPEN','WAITING','WAITING'])[1 + h % 4]
                    WHEN i > %(tickets)s * 0.95 THEN 'RESOLVED' ELSE 'CLOSED' END AS state
        FROM (
            SELECT i, hashint8(i)::bigint + 2147483648 AS h,
                   now() - interval '730 days' * (1 - i::float / %(tickets)s) AS at
            FROM generate_series(1, %(tickets)s) i
        ) numbered
    ) drawn JOIN pool p ON p.id = drawn.text_id
    ORDER BY i;
    INSERT INTO participant SELECT id, 'EMAIL', 'customer' || customer_id || '@mail.example' FROM ticket;
"""
INTERACTIONS = """
    INSERT INTO interaction (ticket_id, customer_id, queue_id, agent_id, channel, kind, direction, state, queued_at,
                             accepted_at, answered_at, ended_at)
    SELECT id, customer_id, queue_id, assignee_id, channel, 'MAIL', 'IN',
           CASE state WHEN 'NEW' THEN 'WAITING' WHEN 'OPEN' THEN 'HANDLING' ELSE 'DONE' END, opened_at,
           CASE WHEN state <> 'NEW' THEN opened_at + interval '30 minutes' END,
           CASE WHEN state NOT IN ('NEW', 'OPEN') THEN opened_at + interval '1 hour' END,
           CASE WHEN state NOT IN ('NEW', 'OPEN') THEN opened_at + interval '1 hour' END
    FROM ticket ORDER BY opened_at;
"""
# Every message ends with a serial number that occurs nowhere else: the rarest of words.
MESSAGES = """
    INSERT INTO message (ticket_id, customer_id, agent_id, author, channel, kind, external_id, content_hash, sender,
                         sender_name, recipients, subject, text, language, at, search)
    SELECT t.id, t.customer_id, CASE WHEN k % 2 = 1 THEN t.assignee_id END,
           CASE k % 2 WHEN 0 THEN 'CUSTOMER' ELSE 'AGENT' END, t.channel, 'MAIL',
           '<' || t.id || '.' || k || '@bench.example>', int8send(t.id * 10 + k),
           CASE k % 2 WHEN 0 THEN 'customer' || t.customer_id || '@mail.example' ELSE 'support@norra.example' END,
           'Customer ' || t.customer_id, ARRAY['support@norra.example'], t.subject, p.text || ' sn' || (t.id * 10 + k),
           t.language, t.opened_at + interval '7 hours' * k AS at,
           p.search || ('''sn' || (t.id * 10 + k) || ''':999')::tsvector
    FROM ticket t CROSS JOIN generate_series(0, 4) k
    JOIN pool p ON p.id = (hashint8(t.id * 10 + k)::bigint + 2147483648) % {pool}
    WHERE t.id >= %(first)s AND t.id < %(last)s
    ORDER BY at;
"""


Progress = Callable[[float, str], None]
_TABLES = ("customer", "contact_point", "ticket", "interaction", "message")


def fill(
    dsn: str, tickets: int, customers: int = 0, progress: Progress = lambda _share, _what: None, *, orders: int = 0
) -> None:
    """Write it all, committed. *progress* hears the share done, 0 to 1, and what comes next.

    With *orders* the archive is there too: products, that many orders, and what follows from them. Needs a superuser
    (foreign keys are not checked: all ids are ours) and an installation without people.
    """
    sizes = {"tickets": tickets, "customers": customers or max(1, tickets // 3), "orders": orders}
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET synchronous_commit = off")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE pool (id bigint PRIMARY KEY, text text, search tsvector)")
        _copy(cursor, "COPY pool", pool())
        cursor.execute("ANALYZE pool")
        cursor.execute(PEOPLE)
        filled = [*_TABLES, *(scale_archive.TABLES if orders else ())]
        later = _drop_indexes(connection, filled)
        if orders:
            _copy(cursor, scale_archive.PRODUCT, scale_archive.products(clock.now()))
        steps = [*_written(sizes), *(("indexes", create) for create in later)]
        for n, (name, statement) in enumerate(steps):
            progress(n / len(steps), name)
            cursor.execute(statement)
        for table in (*filled, "team", "queue", "agent", "mailbox"):
            last = f'(SELECT max(id) FROM "{table}")'
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), {last})")
    progress(1.0, "statistics")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _copy(cursor: psycopg.Cursor, into: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(f"{into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _written(sizes: dict[str, int]) -> Iterator[tuple[str, str]]:
    """The statements that write rows, orders and messages in slices so that something is seen to move."""
    for name, statements in (("customers", CUSTOMERS), ("tickets", TICKETS), ("interactions", INTERACTIONS)):
        yield from ((name, statement) for statement in _filled(statements, sizes))
    if sizes["orders"]:
        yield from (("products", s) for s in _filled(scale_archive.GOODS, sizes))
        for part in scale_archive.slices(sizes["orders"]):
            yield from (("orders", s) for s in _filled(scale_archive.ORDERS, sizes | part))
        yield from (("contracts", s) for s in _filled(scale_archive.CONTRACTS, sizes))
    for n in range(SLICES):
        first, last = (1001 + sizes["tickets"] * k // SLICES for k in (n, n + 1))
        yield from (("messages", s) for s in _filled(MESSAGES, sizes | {"first": first, "last": last}))


def _filled(statements: str, sizes: dict[str, int]) -> Iterator[str]:
    text = statements.replace("{queues}", str(QUEUES)).replace("{pool}", str(POOL))
    for name, value in sizes.items():
        text = text.replace(f"%({name})s", str(value))
    return (part for part in text.split(";\n") if part.strip())


def _drop_indexes(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    """Drop the plain indexes of these tables; returns how to make them again."""
    found = connection.execute(
        """SELECT indexdef, indexrelid::regclass::text FROM pg_indexes
           JOIN pg_index ON indexrelid = (schemaname || '.' || quote_ident(indexname))::regclass
           WHERE tablename = ANY(%s) AND NOT indisunique ORDER BY 1""",
        [tables],
    ).fetchall()
    for _, name in found:
        connection.execute(f"DROP INDEX {name}")
    return [create for create, _ in found]
