-- Prices of assets and downloads; what was made from what; saved views of datasets; the runs that a reference may name.

alter table public.assets
  add column monetization text not null default 'none' check (monetization in ('none', 'pay-to-unlock', 'pay-per-use')),
  -- One price per currency, each independent of the other: cents and satoshis. Null: not sold in it.
  add column price_cents bigint check (price_cents > 0),
  add column price_sats bigint check (price_sats > 0),
  add column unit_cost_cents bigint check (unit_cost_cents > 0),
  add column unit_cost_sats bigint check (unit_cost_sats > 0),
  -- The currency that old clients, which know one, are shown.
  add column price_currency text check (price_currency in ('usd', 'btc')),
  add column cost_unit text,
  add column cost_accounting text check (cost_accounting in ('fixed', 'variable', 'runtime')),
  add column max_billable_seconds integer check (max_billable_seconds > 0);

-- What everybody may come to see: what is sold is listed, and what inherits may belong to either.
drop index public.assets_public;
create index assets_open on public.assets (created_at desc, id desc) where visibility in ('public', 'monetized', 'inherit');

-- What belongs to an asset is listed newest first.
drop index public.assets_parent;
create index assets_parent on public.assets (parent_id, created_at desc, id desc) where parent_id is not null;

-- Filters by metadata ask for a key and a value.
create index assets_metadata on public.assets using gin (metadata jsonb_path_ops) where metadata is not null;

alter table public.asset_views add column downloads bigint not null default 0;

-- What was made from what, and what mentions what: the edges between assets.
create table public.connections (
  id uuid primary key,
  type text not null check (type in ('comment', 'reference', 'mention', 'action', 'component', 'link', 'completion', 'derivative')),
  user_id uuid references public.users on delete set null,
  source_id uuid not null references public.assets on delete cascade,
  target_id uuid not null references public.assets on delete cascade,
  action_id uuid,
  created_at timestamptz not null,
  last_updated timestamptz not null
);
create unique index connections_edge on public.connections (source_id, target_id, type, action_id) nulls not distinct;
create index connections_source on public.connections (source_id, created_at desc, id desc);
create index connections_target on public.connections (target_id, created_at desc, id desc);

-- Runs of routes. Columns of datasets may name them; the rest of a run comes with services.
create table public.actions (
  id uuid primary key,
  route_id uuid not null references public.assets on delete cascade,
  user_id uuid not null references public.users,
  status text not null check (status in ('queued', 'in-progress', 'success', 'error', 'timed-out')),
  created_at timestamptz not null,
  last_updated timestamptz not null
);
create index actions_route on public.actions (route_id, created_at desc, id desc);
create index actions_user on public.actions (user_id, created_at desc, id desc);

-- Saved views of a dataset: a query, and how to draw its result.
create table public.dataset_views (
  id uuid primary key,
  dataset_id uuid not null references public.assets on delete cascade,
  name text not null check (length(name) between 1 and 255),
  description text,
  sql_query text,
  config jsonb,
  engine_type text not null default 'auto',
  created_by uuid references public.users on delete set null,
  created_at timestamptz not null,
  last_updated timestamptz not null
);
create index dataset_views_dataset on public.dataset_views (dataset_id, created_at, id);

-- Grows with each change of a dataset's columns, so that what a process keeps of them is known to be stale.
alter table public.dataset_tables add column version integer not null default 1;

-- What a dataset was made from. Not in the asset's metadata, which everybody gets who sees the asset: a query tells of datasets that are not theirs to see.
alter table public.dataset_tables add column lineage jsonb;

-- Work that cannot be done just now waits until then.
alter table public.jobs add column not_before timestamptz;
