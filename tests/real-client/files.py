"""Every call on files of the real public Python client, unchanged.

    OURO_BASE_URL=http://127.0.0.1:8003/api OURO_API_KEY=… python3 files.py --other-user USER_ID

Prints one line per step; the last line is "N passed, 0 failed".
"""
import argparse
import os
import tempfile
import uuid

import httpx
from ouro import Ouro

from steps import done, raises, step

parser = argparse.ArgumentParser()
parser.add_argument("--other-user", required=True)
args = parser.parse_args()

CIF = b"data_Fe\n_cell_length_a 2.87\n_cell_length_b 2.87\n_cell_length_c 2.87\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nFe1 Fe 0 0 0\nFe2 Fe 0.5 0.5 0.5\n"
CSV = b"sample,score\na,1\nb,2\n"
folder = tempfile.mkdtemp()


def write(name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


ouro = Ouro(api_key=os.environ.get("OURO_API_KEY"))
iron = ouro.files.create(name="Fe cell", visibility="public", description="A cell", file_path=write("Fe.cif", CIF))
step("creates a file", iron.name == "Fe cell" and iron.metadata.size == len(CIF))
step("its metadata is of a stored file", (iron.metadata.bucket, iron.metadata.extension) == ("public-files", "cif"))
again = ouro.files.retrieve(str(iron.id))
step("retrieves it with its data", httpx.get(again.data.url).content == CIF)
step("the public address stays", ouro.files.retrieve(str(iron.id)).data.url == again.data.url)
private = ouro.files.create(name="Private", visibility="private", file_path=write("private.bin", os.urandom(3_000_000)))
step("a private one is in the other bucket", private.metadata.bucket == "files")
got = httpx.get(ouro.files.retrieve(str(private.id)).data.url)
step("and its signed address needs no credential", got.status_code == 200 and len(got.content) == 3_000_000)
step("ranges are served", httpx.get(again.data.url, headers={"Range": "bytes=5-6"}).content == CIF[5:7])
table = ouro.files.create(name="Table", visibility="private", file_path=write("table.csv", CSV))
step("a table has its first rows", table.preview is None or table.preview[0] == {"sample": "a", "score": "1"})
kind = (iron.model_dump().get("metadata") or {}).get("classification")
step("the server classifies", kind is None or kind["inspector"] == "cif")

stub = ouro.files.create(name="Video", visibility="public", metadata={"type": "video/mp4"})
step("announces a file", stub.state == "in-progress")
step("which has no data yet", ouro.files.retrieve(str(stub.id)).data is None)
filled = ouro.files.update(str(stub.id), file_path=write("video.mp4", b"\x00\x00\x00\x18ftypmp42"), state="success")
step("and gets it later", filled.state == "success" and filled.metadata.size == 12)

renamed = ouro.files.update(str(iron.id), name="Iron", description="Renamed")
step("renames", renamed.name == "Iron" and renamed.metadata.size == len(CIF))
path = renamed.metadata.path
replaced = ouro.files.update(str(iron.id), file_path=write("b.cif", CIF + b"# changed\n"))
step("replaces in place", replaced.metadata.path == path and httpx.get(ouro.files.retrieve(str(iron.id)).data.url).content == CIF + b"# changed\n")
hidden = ouro.files.update(str(iron.id), visibility="private")
step("hides it, and the old address is over", hidden.metadata.bucket == "files" and httpx.get(again.data.url).status_code == 404)
ouro.files.update(str(iron.id), visibility="public")

ouro.files.share(str(private.id), args.other_user, role="read")
step("shares", any(str(p.get("user_id")) == args.other_user for p in ouro.client.get(f"/files/{private.id}/permissions").json()["data"]))
found = ouro.files.list(extension="cif", limit=200)
step("lists by extension", any(str(f.id) == str(iron.id) for f in found) and all(f.metadata is None or f.metadata.extension == "cif" for f in found))
step("searches", any(str(f.id) == str(iron.id) for f in ouro.files.search("Iron")))
saved = ouro.assets.download(str(private.id), output_path=folder, asset_type="file")
step("downloads by the name that it came with", os.path.exists(os.path.join(folder, "private.bin")) or bool(saved))
step("retrieves as an asset", type(ouro.assets.retrieve(str(iron.id))).__name__ == "File")

step("a file that is not there", raises("NotFoundError", lambda: ouro.files.retrieve(str(uuid.uuid4()))))
step("a dry run deletes nothing", ouro.files.delete(str(table.id), dry_run=True)["dry_run"] and ouro.files.retrieve(str(table.id)).name == "Table")
for file in (table, stub, private, iron):
    ouro.files.delete(str(file.id))
step("a deleted file is gone", raises("NotFoundError", lambda: ouro.files.retrieve(str(table.id))))
done()
