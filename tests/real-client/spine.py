"""What a researcher does first, with the real public Python client, unchanged.

    OURO_BASE_URL=http://127.0.0.1:8003/api OURO_API_KEY=… python3 spine.py [--other-user USER_ID]

Prints one line per step; the last line is "N passed, 0 failed".
"""
import argparse
import time

import pandas as pd
from ouro import Ouro

from steps import done, raises, step

parser = argparse.ArgumentParser()
parser.add_argument("--other-user")
parser.add_argument("--seconds", type=float, default=0, help="keep using one session for this long, past its token's refresh")
args = parser.parse_args()

ouro = Ouro()
step("signs in", ouro.user.id)
me = ouro.users.me()
step("reads the profile", me["user_id"] == str(ouro.user.id))
step("finds itself", any(u["username"] == me["username"] for u in ouro.users.search(me["username"])))
step("a wrong key is told as AuthenticationError", raises("AuthenticationError", lambda: Ouro(api_key="nonsense")))

frame = pd.DataFrame({
    "City Name": ["Aachen", "Zürich", None, "日本"],
    "visits": [1, 2**40, 3, 4],
    "score": [0.1, 0.123456789012345, None, -1.5],
    "ok": [True, False, True, False],
    "seen": pd.to_datetime(["2026-01-01T10:00:00Z", "2026-01-02T00:00:00Z", None, "2026-03-04T05:06:07Z"]),
})
dataset = ouro.datasets.create(name="Spine scores", visibility="private", data=frame, description="Made by the public client")
step("creates a dataset from a DataFrame", dataset.id)
step("columns are snake_case", dataset.metadata["columns"] == ["city_name", "visits", "score", "ok", "seen"])

types = {c["column_name"]: c["data_type"] for c in ouro.datasets.schema(str(dataset.id))}
step("types are the contract's", types == {
    "city_name": "text", "visits": "bigint", "score": "double precision", "ok": "boolean", "seen": "timestamp with time zone"})

rows = ouro.datasets.query(str(dataset.id))
step("reads the rows without SQL", len(rows) == 4 and list(rows["visits"]) == [1, 2**40, 3, 4])
step("keeps 15 digits", rows["score"][1] == 0.123456789012345)
counted = ouro.datasets.query(str(dataset.id), sql="select count(*) n, max(visits) m from {{table}}")
step("asks with SQL", int(counted["n"][0]) == 4 and int(counted["m"][0]) == 2**40)
error = raises("BadRequestError", lambda: ouro.datasets.query(str(dataset.id), sql="select nothing from {{table}}"))
step("a wrong column is told with its SQLSTATE", error and error.code == "42703")
step("SQL cannot write", raises("BadRequestError", lambda: ouro.datasets.query(str(dataset.id), sql="delete from {{table}}")))

# Few and wide rows: the client weighs each batch anew for every row, which takes minutes for many small ones.
large = pd.DataFrame({"id": range(400), "text": ["some text to fill the batches " * 300] * 400})
big = ouro.datasets.create(name="Spine large", visibility="private", data=large)
step("3.6 MB of rows arrive in batches", ouro.datasets.stats(str(big.id))["count"] == 400)
step("and page back whole and in order", list(ouro.datasets.query(str(big.id))["id"]) == list(range(400)))

found = ouro.assets.search("spine scores")
step("searches", any(a["id"] == str(dataset.id) for a in found))
step("finds by id", ouro.assets.search(str(dataset.id))[0]["id"] == str(dataset.id))
step("lists datasets", any(d.id == dataset.id for d in ouro.datasets.list(limit=200)))
again = ouro.assets.retrieve(str(dataset.id))
step("retrieves by id alone", again.id == dataset.id and again.preview[0]["visits"] == 1)

if args.other_user:
    ouro.assets.share(str(dataset.id), args.other_user, role="read")
    permissions = ouro.datasets.permissions(str(dataset.id))
    step("shares", any(p["user_id"] == args.other_user and p["role"] == "read" for p in permissions))

# A session that is longer than its token: within five minutes of the end each call refreshes, and with it the socket reconnects.
if args.seconds:
    until, calls, tokens = time.time() + args.seconds, 0, set()
    while time.time() < until:
        ouro.users.me()
        tokens.add(ouro.access_token if hasattr(ouro, "access_token") else ouro.client.headers["Authorization"])
        calls += 1
        time.sleep(1)
    step(f"a session past its token works ({calls} calls, {len(tokens)} tokens)", len(tokens) > 1)

for id in (dataset.id, big.id):
    ouro.datasets.delete(str(id))
step("deletes", raises("NotFoundError", lambda: ouro.datasets.retrieve(str(dataset.id))))
done()
