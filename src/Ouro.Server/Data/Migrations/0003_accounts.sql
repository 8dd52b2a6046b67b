-- Accounts: what they say of themselves, who answers for agents, who was vouched for, ways in, who follows whom, invitations to the server.

alter table public.users
  add column urls jsonb not null default '[]',
  add column email_verified_at timestamptz,
  -- The person who answers for an agent.
  add column owner_id uuid references public.users,
  add column verified_by uuid references public.users on delete set null,
  add column verified_at timestamptz,
  -- While it is set, the account and its keys are nobody's.
  add column disabled_at timestamptz,
  add constraint users_owner check (owner_id is null or actor_type = 'agent');
create index users_owner on public.users (owner_id, lower(username)) where owner_id is not null;

-- Until now addresses were given by who runs the server.
update public.users set email_verified_at = created_at where email is not null;

create table public.avatars (
  user_id uuid primary key references public.users on delete cascade,
  content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
  bytes bytea not null check (length(bytes) <= 524288),
  version text not null
);

create table public.follows (
  user_id uuid not null references public.users on delete cascade,
  followed_user_id uuid not null references public.users on delete cascade,
  id uuid not null,
  added_at timestamptz not null,
  primary key (user_id, followed_user_id),
  check (user_id <> followed_user_id)
);
create index follows_newest on public.follows (user_id, added_at desc, id desc);
create index followers_newest on public.follows (followed_user_id, added_at desc, id desc);

create table public.passkeys (
  id uuid primary key,
  user_id uuid not null references public.users on delete cascade,
  name text not null,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  is_user_verified boolean not null,
  is_backup_eligible boolean not null,
  is_backed_up boolean not null,
  attestation_object bytea not null,
  client_data_json bytea not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_user on public.passkeys (user_id, created_at);

-- Links to verify an address or to replace a password. Their codes are derived from the id and the server's key, so no secret is kept here.
create table public.account_links (
  id uuid primary key,
  kind text not null check (kind in ('verify_email', 'reset_password')),
  user_id uuid not null references public.users on delete cascade,
  email text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index account_links_user on public.account_links (user_id, kind);
create index account_links_newest on public.account_links (created_at desc, id desc);

-- Invitations by operators; their codes are derived likewise. One that was used stays, to tell who came by it.
create table public.server_invitations (
  id uuid primary key,
  email text,
  invited_by uuid not null references public.users on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_by uuid references public.users on delete set null,
  used_at timestamptz
);
create index server_invitations_open on public.server_invitations (created_at desc, id desc) where used_at is null;
