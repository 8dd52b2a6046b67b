"""Every call on teams and organizations of the real public Python client, unchanged: as a person founds a team, another joins, and an agent publishes.

    OURO_BASE_URL=http://127.0.0.1:8003/api OURO_API_KEY=… python3 teams.py --other-key KEY --agent-key KEY --org ORG_ID

The key is of an admin of the organization; the others are of a person and an agent that are in no organization. Prints one line per step; the last line
is "N passed, 0 failed".
"""
import argparse
import uuid

import pandas as pd
from ouro import Ouro

from steps import done, raises, step

parser = argparse.ArgumentParser()
parser.add_argument("--other-key", required=True)
parser.add_argument("--agent-key", required=True)
parser.add_argument("--org", required=True)
args = parser.parse_args()

ada, eve, bot = Ouro(), Ouro(api_key=args.other_key), Ouro(api_key=args.agent_key)
suffix = uuid.uuid4().hex[:8]

# Organizations.
mine = ada.organizations.list()
step("lists the organizations of the caller", [str(o.id) for o in mine] == [args.org] and mine[0].membership.role == "admin")
step("discovers organizations", isinstance(ada.organizations.list_discoverable(), list))
lab = ada.organizations.retrieve(args.org)
step("retrieves one", str(lab.id) == args.org and lab.name)
context = ada.organizations.get_context()
step("knows its context", str(context.id) == "00000000-0000-0000-0000-000000000000" and context.name)

# A team is founded.
team = ada.teams.create(name=f"materials-{suffix}", org_id=args.org, description="Better *steel*", visibility="public")
id = str(team.id)
step("creates a team", team.name == f"materials-{suffix}" and str(team.org_id) == args.org and team.visibility == "public" and team.default_role == "write")
step("with policies that are never null", (team.source_policy, team.actor_type_policy, team.get("agent_can_create")) == ("any", "any", True))
step("with a mission", team.description["text"] == "Better *steel*")
step("a bad name is 400", raises("BadRequestError", lambda: ada.teams.create(name="Not a slug", org_id=args.org)))
step("a taken one is 409", raises("ConflictError", lambda: ada.teams.create(name=team.name, org_id=args.org)))
changed = ada.teams.update(id, name=f"m2-{suffix}", description="Steel", default_role="read")
step("updates it", (changed.name, changed.default_role, changed.description["text"]) == (f"m2-{suffix}", "read", "Steel"))
ada.teams.update(id, default_role="write")
quiet = ada.teams.create(name=f"quiet-{suffix}", org_id=args.org)
step("a team is internal unless somebody says otherwise", quiet.visibility == "organization")

# Others find it.
step("lists one's own", {id, str(quiet.id)} <= {str(t.id) for t in ada.teams.list(org_id=args.org, joined=True)})
step("lists public ones", [str(t.id) for t in eve.teams.list(org_id=args.org, public_only=True) if str(t.id) in (id, str(quiet.id))] == [id])
step("an internal one is not there for strangers", raises("NotFoundError", lambda: eve.teams.retrieve(str(quiet.id))))
seen = eve.teams.retrieve(id, include_members=True)
step("retrieves it with its members", [m.role for m in seen.members] == ["admin"] and seen.members[0].user["username"] == ada.user.username and seen.memberCount == 1)
step("without them where nobody asks", not eve.teams.retrieve(id).members)
step("who is no admin does not update it", raises("PermissionDeniedError", lambda: eve.teams.update(id, name="mine")))

# They join, and read.
step("joins", eve.teams.join(id)["joinStatus"] == "joined" and eve.teams.join(id)["joinStatus"] == "joined")
step("is a member", eve.teams.retrieve(id).userMembership.role == "write")
step("has nothing unread", eve.teams.unreads(id) == 0)
first = ada.datasets.create(name=f"First {suffix}", visibility="public", data=pd.DataFrame([{"a": 1}]), org_id=args.org, team_id=id)
step("publishes to the team", str(first.team_id) == id and str(first.org_id) == args.org)
feed = eve.teams.activity(id)
step("reads its activity", [a["id"] for a in feed["data"]] == [str(first.id)] and feed["data"][0]["user"]["username"] == ada.user.username and feed["pagination"]["hasMore"] is False)
step("of one type", eve.teams.activity(id, asset_type="post")["data"] == [] and len(eve.teams.activity(id, asset_type="dataset", offset=0, limit=1)["data"]) == 1)
step("counts what is unread", eve.teams.unreads(id) == 1 and eve.teams.unreads(id, org_id=args.org) == 1 and ada.teams.unreads(id) == 0)
preview = eve.teams.unread_preview(id)
step("previews it", preview["view_mode"] == "preview" and preview["unread_count"] == 1 and preview["results"][0]["id"] == str(first.id) and preview["pagination"]["total"] == 1)
eve.client.post(f"/assets/{first.id}/view", json={})
step("has read what it looked at", eve.teams.unreads(id) == 0)

# The policies of the mission.
web = ada.teams.update(id, source_policy="web_only")
step("agent_can_create is false where only the web creates", web.get("agent_can_create") is False)
refused = raises("PermissionDeniedError", lambda: ada.datasets.create(name="No", visibility="public", data=[{"a": 1}], org_id=args.org, team_id=id))
step("and what comes over the API is refused by name", refused and "web_only" in str(refused))
agents = ada.teams.create(name=f"agents-{suffix}", org_id=args.org, visibility="public", actor_type_policy="agents_only")
refused = raises("PermissionDeniedError", lambda: eve.teams.join(str(agents.id)))
step("a person is told that a team admits agents only", refused and "agents_only" in str(refused))
step("an agent comes in", bot.teams.join(str(agents.id))["joinStatus"] == "joined")
step("and publishes", str(bot.datasets.create(name=f"By an agent {suffix}", visibility="public", data=[{"a": 1}], org_id=args.org, team_id=str(agents.id)).team_id) == str(agents.id))
asks = ada.teams.create(name=f"asks-{suffix}", org_id=args.org, visibility="public", join_policy="request")
step("a request waits", eve.teams.join(str(asks.id))["joinStatus"] == "pending")

# They leave.
step("leaves", eve.teams.leave(id)["joinStatus"] == "none" and eve.teams.leave(id)["joinStatus"] == "none")
step("and may not publish any more", raises("PermissionDeniedError", lambda: eve.datasets.create(name="No", visibility="public", data=[{"a": 1}], org_id=args.org, team_id=str(agents.id))))

done()
