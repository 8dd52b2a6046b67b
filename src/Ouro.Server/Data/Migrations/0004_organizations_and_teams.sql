-- Organizations and teams with their rules; who asks to come in, who is asked in, who is kept out; what was seen; events that admins can read.

alter table public.organizations
  add column email text,
  add column domain text,
  add column size text,
  add column urls jsonb not null default '[]',
  add column avatar_path text,
  add column base_role text not null default 'write' check (base_role in ('read', 'write')),
  add column allow_external_members boolean not null default false,
  add column allow_external_public_team_creation boolean not null default false,
  add column join_policy text not null default 'invite_only' check (join_policy in ('open', 'request', 'invite_only')),
  add column source_policy text not null default 'any' check (source_policy in ('any', 'web_only', 'api_only')),
  add column actor_type_policy text not null default 'any' check (actor_type_policy in ('any', 'verified_only', 'agents_only')),
  -- Who makes things public in it: whoever may create, its admins, or nobody.
  add column public_publishing text not null default 'members' check (public_publishing in ('members', 'admins', 'off')),
  -- Kept by whatever adds and removes members, because every list of organizations tells it.
  add column member_count integer not null default 0;
update public.organizations o set member_count = (select count(*) from public.organization_members m where m.org_id = o.id);
update public.organizations set join_policy = 'open' where id = '00000000-0000-0000-0000-000000000000';
create index organizations_discoverable on public.organizations (name, id) where join_policy <> 'invite_only';

alter table public.organization_members add constraint external_is_no_admin check (membership_type = 'internal' or role <> 'admin');
create index organization_members_roster on public.organization_members (org_id, added_at, user_id);
create index organization_members_admins on public.organization_members (org_id) where role = 'admin';

-- A policy that is null is the organization's.
alter table public.teams
  add column description jsonb,
  add column default_role text not null default 'write' check (default_role in ('read', 'write')),
  add column source_policy text check (source_policy in ('any', 'web_only', 'api_only')),
  add column actor_type_policy text check (actor_type_policy in ('any', 'verified_only', 'agents_only')),
  add column join_policy text not null default 'open' check (join_policy in ('open', 'request', 'invite_only')),
  add column created_by uuid references public.users on delete set null;
create index teams_public on public.teams (created_at desc, id desc) where visibility = 'public';
create index teams_org on public.teams (org_id, created_at desc, id desc);
create index team_members_roster on public.team_members (team_id, added_at, user_id);
-- What was there before this moment is read; a member marks everything read by moving it on.
alter table public.team_members add column read_at timestamptz;
update public.team_members set read_at = added_at;
alter table public.team_members alter column read_at set not null;

-- Every member of an organization is in its default team.
insert into public.team_members (team_id, user_id, role, added_at, read_at)
select o.default_team_id, m.user_id, m.role, m.added_at, m.added_at
from public.organization_members m
join public.organizations o on o.id = m.org_id
on conflict do nothing;

create table public.organization_join_requests (
  id uuid primary key,
  org_id uuid not null references public.organizations on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
  message text,
  created_at timestamptz not null,
  reviewed_at timestamptz,
  reviewed_by uuid references public.users on delete set null
);
create unique index organization_join_requests_pending on public.organization_join_requests (org_id, user_id) where status = 'pending';
create index organization_join_requests_org on public.organization_join_requests (org_id, created_at desc, id desc);
create index organization_join_requests_user on public.organization_join_requests (user_id, created_at desc);

create table public.team_join_requests (
  id uuid primary key,
  team_id uuid not null references public.teams on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
  message text,
  created_at timestamptz not null,
  reviewed_at timestamptz,
  reviewed_by uuid references public.users on delete set null
);
create unique index team_join_requests_pending on public.team_join_requests (team_id, user_id) where status = 'pending';
create index team_join_requests_team on public.team_join_requests (team_id, created_at desc, id desc);
create index team_join_requests_user on public.team_join_requests (user_id, created_at desc);

create table public.team_bans (
  id uuid primary key,
  team_id uuid not null references public.teams on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  reason text,
  created_by uuid references public.users on delete set null,
  created_at timestamptz not null,
  unique (team_id, user_id)
);
create index team_bans_user on public.team_bans (user_id);

-- An invitation into an organization: for an account, for whoever has an e-mail address, or for whoever has its link. Used once. The code of the link
-- is derived from the id and the server's key, so no secret is kept here.
create table public.invitations (
  id uuid primary key,
  org_id uuid not null references public.organizations on delete cascade,
  user_id uuid references public.users on delete cascade,
  email text,
  role text not null check (role in ('read', 'write', 'admin')),
  membership_type text not null check (membership_type in ('internal', 'external')),
  created_by uuid references public.users on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_by uuid references public.users on delete set null,
  ended_at timestamptz,
  check (membership_type = 'internal' or role <> 'admin')
);
create index invitations_org on public.invitations (org_id, created_at desc, id desc) where ended_at is null;
create index invitations_user on public.invitations (user_id, created_at desc) where user_id is not null and ended_at is null;
create index invitations_email on public.invitations (lower(email), created_at desc) where email is not null and ended_at is null;

-- What somebody has looked at, for what is still unread in their teams.
create table public.asset_seen (
  user_id uuid not null references public.users on delete cascade,
  asset_id uuid not null references public.assets on delete cascade,
  seen_at timestamptz not null,
  primary key (user_id, asset_id)
);
create index asset_seen_asset on public.asset_seen (asset_id);

-- Where it happened, for the admins of that place.
alter table public.events
  add column org_id uuid,
  add column team_id uuid;
-- What happens to an asset is told by the asset; the log that people read is of the rest, newest first.
create index events_log on public.events (at desc, id desc) where audience <> 'asset';
create index events_org on public.events (org_id, at desc, id desc) where org_id is not null and audience <> 'asset';
create index events_team on public.events (team_id, at desc, id desc) where team_id is not null and audience <> 'asset';
create index events_actor on public.events (actor_id, at desc, id desc) where actor_id is not null and audience <> 'asset';
create index events_audience on public.events (audience_id, at desc, id desc) where audience = 'user';
alter table public.events drop constraint events_audience_check;
alter table public.events add constraint events_audience_check check (audience in ('asset', 'user', 'team', 'organization', 'operators'));
