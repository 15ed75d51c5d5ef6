"""Floor of the knowledge search: the bounded look that any full-text search makes, by a bare client.

python floor_knowledge.py [ROWS]     default 200000; one statement: 200 texts that have all words, ranked, the ten best.
"""
import sys, time
import psycopg
from benchlib import DSN, quantile, quiet, record

LOOK = """select id from (select id, search from f_text where search @@ %s::tsquery limit 200) met
 order by ts_rank(search, %s::tsquery) desc limit 10"""


def build(rows, vectors):
    """*vectors*: texts of tsvectors, each used for as many rows as it takes."""
    with psycopg.connect(DSN, autocommit=True) as c:
        c.execute("drop table if exists f_text")
        c.execute("create table f_text(id bigint generated always as identity primary key, search tsvector)")
        c.execute("create temp table v(id bigint generated always as identity, search tsvector)")
        with c.cursor().copy("copy v(search) from stdin") as out:
            for vector in vectors:
                out.write_row((vector,))
        c.execute("insert into f_text(search) select search from v, generate_series(1, greatest(1, %s / (select count(*) from v)))", (rows,))
        c.execute("create index f_search on f_text using gin(search)")
        c.execute("vacuum analyze f_text"); c.execute("checkpoint")


def once(connection, query):
    """Milliseconds of one look."""
    started = time.perf_counter()
    connection.execute(LOOK, (query, query), prepare=True).fetchall()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    words = [f"w{i}" for i in range(5000)]
    build(rows, (" ".join(f"'{words[int(5000 ** ((i * 7919 + k * 104729) % 9973 / 9973)) - 1]}':{k + 1}" for k in range(120)) for i in range(2000)))
    with psycopg.connect(DSN, autocommit=True) as c:
        for name, query in (("rare", "'w4000'"), ("two words", "'w40' & 'w400'"), ("common", "'w1' & 'w3'")):
            taken = [once(c, query) for _ in range(200)]
            quiet()
            record(f"bounded look, {name}, p95", [quantile(taken[20:], 0.95)], "ms")
