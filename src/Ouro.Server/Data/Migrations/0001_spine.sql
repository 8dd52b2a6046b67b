-- Accounts, organizations and teams; the row that all assets share; the tables behind datasets; what happened; work to do.

create schema datasets;

create table public.users (
  id uuid primary key,
  username text not null check (username ~ '^[A-Za-z0-9_]{1,40}$'),
  name text,
  email text,
  actor_type text not null default 'base' check (actor_type in ('base', 'agent', 'verified')),
  is_operator boolean not null default false,
  bio text not null default '',
  avatar_path text,
  password_hash text,
  security_stamp text not null,
  created_at timestamptz not null
);
create unique index users_username on public.users (lower(username));
create unique index users_email on public.users (lower(email)) where email is not null;
-- Searching people by a part of their name reads this text and no other.
create index users_words on public.users (lower(username) text_pattern_ops);

create table public.organizations (
  id uuid primary key,
  name text not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(name) <= 80),
  display_name text,
  mission text,
  default_team_id uuid not null,
  created_at timestamptz not null,
  last_updated timestamptz not null
);
create unique index organizations_name on public.organizations (lower(name));

create table public.organization_members (
  org_id uuid not null references public.organizations on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  role text not null check (role in ('read', 'write', 'admin')),
  membership_type text not null default 'internal' check (membership_type in ('internal', 'external')),
  added_at timestamptz not null,
  primary key (org_id, user_id)
);
create index organization_members_user on public.organization_members (user_id);

create table public.teams (
  id uuid primary key,
  org_id uuid not null references public.organizations on delete cascade,
  name text not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(name) <= 80),
  visibility text not null default 'public' check (visibility in ('public', 'organization')),
  created_at timestamptz not null,
  last_updated timestamptz not null,
  unique (org_id, name)
);

create table public.team_members (
  team_id uuid not null references public.teams on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  role text not null check (role in ('read', 'write', 'admin')),
  added_at timestamptz not null,
  primary key (team_id, user_id)
);
create index team_members_user on public.team_members (user_id);

-- The global organization is everybody's personal context; its only team takes what names no other.
insert into public.organizations (id, name, display_name, default_team_id, created_at, last_updated)
values ('00000000-0000-0000-0000-000000000000', 'ouro', 'Ouro', '00000000-0000-0000-0000-000000000000', now(), now());
insert into public.teams (id, org_id, name, created_at, last_updated)
values ('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 'all', now(), now());

create table public.api_keys (
  id uuid primary key,
  user_id uuid not null references public.users on delete cascade,
  name text not null,
  hash bytea not null unique,
  hint text not null,
  org_id uuid references public.organizations on delete cascade,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_user on public.api_keys (user_id, created_at desc);

create table public.sign_in_links (
  hash bytea primary key,
  user_id uuid not null references public.users on delete cascade,
  expires_at timestamptz not null
);

create table public.assets (
  id uuid primary key,
  asset_type text not null,
  user_id uuid not null references public.users,
  org_id uuid not null references public.organizations,
  team_id uuid not null references public.teams,
  parent_id uuid references public.assets on delete cascade,
  name text check (length(name) between 0 and 255),
  name_url_slug text,
  visibility text not null check (visibility in ('public', 'private', 'organization', 'monetized', 'inherit')),
  description jsonb,
  license_id text,
  metadata jsonb,
  attribution jsonb not null,
  -- json, because a preview keeps the order of its columns.
  preview json,
  state text not null default 'success' check (state in ('queued', 'in-progress', 'success', 'error')),
  source text not null check (source in ('web', 'api')),
  created_at timestamptz not null,
  last_updated timestamptz not null,
  words tsvector not null generated always as (
    setweight(to_tsvector('english', coalesce(name, '')), 'A')
    || setweight(to_tsvector('simple', translate(coalesce(name, ''), '_-./', '    ')), 'A')
    || setweight(to_tsvector('english', left(coalesce(description ->> 'text', ''), 100000)), 'B')) stored
);
-- A list is newest first: of everybody's public things, of an owner, of an organization, of a team.
create index assets_public on public.assets (created_at desc, id desc) where visibility = 'public';
create index assets_recent on public.assets (created_at desc, id desc);
create index assets_updated on public.assets (last_updated desc, id desc);
create index assets_user on public.assets (user_id, created_at desc, id desc);
create index assets_org on public.assets (org_id, created_at desc, id desc);
create index assets_team on public.assets (team_id, created_at desc, id desc);
create index assets_parent on public.assets (parent_id) where parent_id is not null;
create index assets_words on public.assets using gin (words);
create index assets_slug on public.assets (name_url_slug, asset_type);

create table public.permissions (
  id uuid primary key,
  asset_id uuid not null references public.assets on delete cascade,
  user_id uuid not null references public.users on delete cascade,
  granter_id uuid references public.users on delete set null,
  role text not null check (role in ('read', 'write', 'admin')),
  created_at timestamptz not null,
  last_updated timestamptz not null,
  unique (asset_id, user_id)
);
create index permissions_user on public.permissions (user_id, asset_id);

-- Apart from the asset, so that counting a view does not write the asset's row anew; by the day, so that what is popular now can be told.
create table public.asset_views (
  asset_id uuid not null references public.assets on delete cascade,
  day date not null,
  views bigint not null,
  primary key (asset_id, day)
);
create index asset_views_day on public.asset_views (day, asset_id) include (views);

-- One dataset. The view "name" is what everybody reads; the table behind it has the same name with t_ for d_, and the hidden order of ingestion.
create table public.dataset_tables (
  asset_id uuid primary key references public.assets on delete cascade,
  name text not null unique,
  label text not null,
  columns jsonb not null,
  row_count bigint not null
);

-- What happened. The audience decides who may hear of it: whoever may read the asset, one account, an organization's members, or the operators.
create table public.events (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  name text not null,
  actor_id uuid,
  subject_id uuid,
  audience text not null check (audience in ('asset', 'user', 'organization', 'operators')),
  audience_id uuid,
  data jsonb not null
);
create index events_subject on public.events (subject_id, id desc);

create table public.jobs (
  id uuid primary key,
  kind text not null,
  user_id uuid references public.users on delete cascade,
  state text not null default 'queued' check (state in ('queued', 'in-progress', 'success', 'error')),
  stage text not null,
  input jsonb not null,
  progress jsonb not null default '{}',
  result jsonb,
  error jsonb,
  attempts integer not null default 0,
  -- The installation whose disk the work needs; null where any will do.
  instance text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index jobs_open on public.jobs (created_at) where state in ('queued', 'in-progress');
create index jobs_user on public.jobs (user_id, created_at desc);
