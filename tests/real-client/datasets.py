"""Every call on datasets, assets, users and search of the real public Python client, unchanged; and the documentation's own examples.

    OURO_BASE_URL=http://127.0.0.1:8003/api OURO_API_KEY=… python3 datasets.py --other-user USER_ID

Prints one line per step; the last line is "N passed, 0 failed".
"""
import argparse
import os
import tempfile
import uuid

import pandas as pd
from ouro import Ouro

from steps import done, raises, step

parser = argparse.ArgumentParser()
parser.add_argument("--other-user", required=True)
args = parser.parse_args()

# The examples of the documentation, but for ids and the rows that they presuppose.
ouro = Ouro(api_key=os.environ.get("OURO_API_KEY"))
datasets = ouro.datasets.list()
datasets = ouro.datasets.list(query="temperature", scope="org", limit=10)
data = pd.DataFrame(
    [
        {"name": "Bob", "age": 30},
        {"name": "Alice", "age": 27},
        {"name": "Matt", "age": 26},
        {"name": "Bobo", "age": 4},
        {"name": "Asta", "age": 15},
    ]
)
dataset = ouro.datasets.create(name="preview-dataset", visibility="public", monetization="none", data=data)
step("creates the documentation's dataset", dataset.id)
step("table_name is in the metadata", dataset.metadata["table_name"] == "preview-dataset" or dataset.metadata["table_name"] == "preview_dataset")
dataset_id = str(dataset.id)
dataset = ouro.datasets.retrieve(dataset_id)
step("retrieves it with preview rows", dataset.name == "preview-dataset" and len(dataset.preview[:3]) == 3)
columns = ouro.datasets.schema(dataset_id)
step("reads its schema", [(c["column_name"], c["data_type"]) for c in columns] == [("name", "text"), ("age", "bigint")])
df = ouro.datasets.query(dataset_id)
step("reads its rows", list(df["name"]) == ["Bob", "Alice", "Matt", "Bobo", "Asta"])
penguins = ouro.datasets.create(name="Penguins", visibility="private", data=pd.DataFrame({
    "species": ["Adelie", "Adelie", "Gentoo"], "created_at": pd.to_datetime(["2026-01-01T10:00Z", "2026-01-01T12:00Z", "2026-01-02T00:00Z"])}))
totals = ouro.datasets.query(str(penguins.id), "SELECT species, count(*) AS n FROM {{table}} GROUP BY species ORDER BY n DESC")
step("aggregates", totals.to_dict("records") == [{"species": "Adelie", "n": 2}, {"species": "Gentoo", "n": 1}])
daily = ouro.datasets.query(
    str(penguins.id),
    "SELECT date_trunc('day', created_at) AS day, count(*) AS n "
    "FROM {{table}} GROUP BY 1 ORDER BY 1",
)
step("counts by day", list(daily["n"]) == [2, 1])
sample = ouro.datasets.query(str(penguins.id), "SELECT * FROM {{table}} LIMIT 5")
step("samples", len(sample) == 3)
updated = ouro.datasets.update(dataset.id, visibility="private")
step("makes it private", updated.visibility == "private")
data_update = pd.DataFrame([{"name": "Charlie", "age": 33}])
updated = ouro.datasets.update(dataset.id, data=data_update)
step("writes rows", updated.row_ingest["inserted"] == 1 and ouro.datasets.stats(dataset_id)["count"] == 6)

# Modes.
ouro.datasets.update(dataset_id, data=data, data_mode="overwrite")
step("overwrites", ouro.datasets.stats(dataset_id)["count"] == 5)
keyed = ouro.datasets.create(name="Keyed", visibility="private", data=[{"id": 1, "kind": "a"}, {"id": 2, "kind": "b"}])
ouro.datasets.update(str(keyed.id), data=[{"id": 2, "kind": "c"}, {"id": 3, "kind": "a"}], data_mode="upsert")
step("upserts", ouro.datasets.query(str(keyed.id), "select id, kind from {{table}} order by id").to_dict("records")
     == [{"id": 1, "kind": "a"}, {"id": 2, "kind": "c"}, {"id": 3, "kind": "a"}])

# Attributes of the asset.
changed = ouro.datasets.update(dataset_id, name="Renamed", description="What it is", license_id="CC-BY-4.0", attribution={"paper_url": "https://example.org/p"})
step("changes name, description, licence and attribution", changed.name == "Renamed" and changed.license_id == "CC-BY-4.0"
     and changed.attribution.originality == "original" and changed.attribution.paper_url == "https://example.org/p")
priced = ouro.datasets.update(dataset_id, visibility="monetized", monetization="pay-to-unlock", price=5, price_currency="usd")
step("sets a price", priced.visibility == "monetized" and float(priced.price) == 5 and priced.price_currency == "usd")
step("and takes it back", ouro.datasets.update(dataset_id, visibility="public").monetization == "none")

# References and enums.
reference = ouro.datasets.create(name="References", visibility="private", refs={"about": "dataset"}, enum_columns={"state": ["todo", "done"]},
                                 data=[{"about": dataset_id, "state": "todo"}, {"about": str(uuid.uuid4()), "state": "done"}])
step("skips a row whose reference leads nowhere, and says so", reference.row_ingest == {**reference.row_ingest, "inserted": 1, "skipped": 1}
     and reference.ingest_warning["refs"]["missing_count"] == 1)
schema = {c["column_name"]: c for c in ouro.datasets.schema(str(reference.id))}
step("the schema tells references and enums", schema["about"]["semantic_type"] == "reference" and schema["about"]["ref_kind"] == "asset"
     and schema["state"]["semantic_type"] == "enum" and schema["state"]["enum_values"] == ["todo", "done"])
page = ouro.datasets.query(str(reference.id), limit=10, with_pagination=True, resolve_refs=True)
step("resolves references", page["resolved_refs"]["about"][dataset_id]["name"] == "Renamed")
step("a value outside of an enum is an error", raises("BadRequestError", lambda: ouro.datasets.update(str(reference.id), data=[{"about": None, "state": "never"}]))
     or raises("UnprocessableEntityError", lambda: ouro.datasets.update(str(reference.id), data=[{"about": None, "state": "never"}])))
links = ouro.datasets.create(name="Links", visibility="private", data=[{"link": dataset_id, "state": "a"}, {"link": None, "state": "b"}])
promoted = ouro.datasets.update(str(links.id), refs={"link": {"kind": "asset"}}, enum_columns={"state": {"values": ["a", "b"]}})
step("promotes columns", promoted.metadata["refs"]["link"]["kind"] == "asset" and promoted.metadata["enum_columns"]["state"]["values"] == ["a", "b"])

# Columns.
step("adds a column", ouro.datasets.add_column(dataset_id, "grade", enum_values=["x", "y"], label="Grade")["name"] == "grade")
step("adds one of another type", ouro.datasets.add_column(dataset_id, "my col/x", type="numeric")["name"])
step("renames it", ouro.datasets.update_column(dataset_id, "my col/x", new_name="amount")["name"] == "amount")
step("retypes one", ouro.datasets.update_column(dataset_id, "age", type="text") and {c["column_name"]: c["data_type"] for c in ouro.datasets.schema(dataset_id)}["age"] == "text")
step("drops one", ouro.datasets.drop_column(dataset_id, "amount") == {"dropped": "amount"})

# Views.
view = ouro.datasets.create_view(dataset_id, "v", sql_query="SELECT name, count(*) AS n FROM {{table}} GROUP BY name",
                                 config={"type": "bar", "xAxis": {"dataKey": "name"}, "series": [{"dataKey": "n", "name": "Count"}]})
step("saves a view", view["id"] and view["config"]["xAxis"] == {"dataKey": "name"})
step("lists it", [v["name"] for v in ouro.datasets.list_views(dataset_id)] == ["v"])
step("renames it", ouro.datasets.update_view(dataset_id, view["id"], name="w")["name"] == "w")
ouro.datasets.delete_view(dataset_id, view["id"])
step("deletes it", ouro.datasets.list_views(dataset_id) == [])

# What all assets have.
everything = ouro.assets.search("renamed", scope="all", sort="popular", time_window="week", asset_type=["file", "dataset"], top_level_only=True, limit=5)
step("searches with every parameter", any(a["id"] == dataset_id for a in everything))
mine = ouro.assets.search(user_id=str(ouro.user.id), visibility="public", source="api", with_pagination=True)
step("browses with filters", any(a["id"] == dataset_id for a in mine["data"]))
for listing in (ouro.posts.list, ouro.quests.list, ouro.routes.list, ouro.files.list):
    step(f"lists {listing.__self__.__class__.__name__.lower()}", listing() == [])
step("filters by metadata", ouro.files.search(extension="cif", file_type="image") == [])
step("retrieves any asset", ouro.assets.retrieve(dataset_id).id == dataset.id)
ouro.assets.share(dataset_id, args.other_user, role="write")
step("shares", any(p["user_id"] == args.other_user and p["role"] == "write" for p in ouro.datasets.permissions(dataset_id)))
with tempfile.TemporaryDirectory() as folder:
    saved = ouro.assets.download(dataset_id, output_path=folder, asset_type="dataset")
    step("downloads as CSV", saved["filename"].endswith(".csv") and open(saved["path"]).readline() == "name,age,grade\n")
    step("downloads without saying what", ouro.assets.download(dataset_id, output_path=folder)["bytes"] == saved["bytes"])
counts = ouro.assets.counts(dataset_id)
step("counts looks and downloads", counts["views"] >= 1 and counts["downloads"] >= 2)
step("tells the impact of assets", ouro.assets.impact([dataset_id, str(keyed.id)], since="2026-01-01T00:00:00Z")["assets"][0]["asset_id"])
step("has connections", isinstance(ouro.assets.connections(dataset_id), list))
step("has actions", ouro.assets.actions(dataset_id, status="success", side_effects=True) == {"created_by": None, "as_input": []})
step("has an output action, or none", ouro.assets.actions(dataset_id, role="output")["created_by"] is None)
step("has tags", ouro.assets.tags(dataset_id) == [])
step("has routes that take it, or none", ouro.assets.compatible_routes(dataset_id, limit=5, output_file_extension="cif") is not None)
step("has children, or none", ouro.assets.children(dataset_id) == [])

# People.
me = ouro.users.me()
step("reads a profile by name and by id", ouro.users.get(me["username"])["user_id"] == ouro.users.get(me["user_id"])["user_id"])
step("finds people, whatever they are asked", isinstance(ouro.users.search("ad a&b", limit=5), list))
step("tells the impact of a person", ouro.users.impact(me["username"], since="2026-01-01", asset_ids=[dataset_id])["aggregate"] is not None)

# Refusals come as the client's own exceptions.
step("a missing dataset is NotFoundError", raises("NotFoundError", lambda: ouro.datasets.retrieve(str(uuid.uuid4()))))
step("a malformed id is BadRequestError", raises("BadRequestError", lambda: ouro.datasets.retrieve("not-a-uuid")))
step("a missing download is NotFoundError", raises("NotFoundError", lambda: ouro.assets.download(str(uuid.uuid4()))))

tried = ouro.assets.delete(dataset_id, dry_run=True)
step("tries a delete", tried["dry_run"] and ouro.datasets.retrieve(dataset_id).id == dataset.id)
for gone in (dataset_id, str(penguins.id), str(keyed.id), str(links.id), str(reference.id)):
    step("deletes", ouro.datasets.delete(gone)["id"] == gone)
step("and it is gone", raises("NotFoundError", lambda: ouro.datasets.retrieve(dataset_id)))
done()
