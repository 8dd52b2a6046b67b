-- Content of files, each once by the SHA-256 of its bytes; what came in and is nothing yet; the files that assets are.

create table public.blobs (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  created_at timestamptz not null,
  -- Since when nothing refers to it, as far as somebody looked; a day later it goes.
  unused_since timestamptz
);
create index blobs_unused on public.blobs (unused_since) where unused_since is not null;

create table public.blob_thumbnails (
  sha256 text primary key references public.blobs on delete cascade,
  content_type text not null,
  width integer not null,
  height integer not null,
  bytes bytea not null check (length(bytes) <= 262144)
);

-- Bytes on their way in, and those that arrived and are not yet an asset's. The id becomes the asset's.
create table public.uploads (
  id uuid primary key,
  user_id uuid not null references public.users on delete cascade,
  -- Where the key that brought it may work; another bound key sees nothing of it.
  bound_to uuid,
  bucket text not null check (bucket in ('public-files', 'files')),
  path text not null unique,
  file_name text not null check (length(file_name) between 1 and 255),
  content_type text,
  -- What its sender says of it.
  length bigint check (length >= 0),
  declared_sha256 text,
  fingerprint text,
  -- How much of it surely survives a power cut.
  received bigint not null default 0,
  -- What it is, once it is whole.
  sha256 text references public.blobs,
  inspection jsonb,
  -- The installation whose disk it arrives on.
  instance text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index uploads_user on public.uploads (user_id, created_at desc, id desc);
create index uploads_expiry on public.uploads (expires_at);
create index uploads_blob on public.uploads (sha256) where sha256 is not null;

-- What is in an asset that is a file. One that is still awaited has no row here.
create table public.files (
  asset_id uuid primary key references public.assets on delete cascade,
  sha256 text not null references public.blobs,
  size bigint not null,
  path text not null unique,
  file_name text not null,
  content_type text not null,
  charset text,
  stored_at timestamptz not null
);
create index files_blob on public.files (sha256);
