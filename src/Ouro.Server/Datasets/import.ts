// Follows files on their way into datasets: sends one with a bar in bytes, then shows rows as they are loaded.
import { size } from '../Web/scripts/size.ts'

interface Import {
  id: string
  status: 'queued' | 'in-progress' | 'success' | 'error'
  stage: string
  bytes_total: number | null
  bytes_done: number
  rows_done: number
  error: Failure | null
}
interface Failure { message: string, hint: string | null }
interface Followed { import: Import, address: string | null }

const pause = 700

for (const form of document.querySelectorAll<HTMLFormElement>('[data-import]')) send(form)
for (const card of document.querySelectorAll<HTMLElement>('[data-import-id]')) watch(card)

function send(form: HTMLFormElement) {
  const file = form.querySelector<HTMLInputElement>('[type=file]')!
  const name = form.querySelector<HTMLInputElement>('[name=name]')!
  const drop = form.querySelector<HTMLElement>('[data-drop]')!
  const told = form.querySelector<HTMLElement>('[data-chosen]')!
  form.querySelector<HTMLElement>('.drop-hint')!.hidden = false

  file.addEventListener('change', () => {
    const chosen = file.files?.[0]
    if (!chosen) return
    told.textContent = `${chosen.name}, ${size(chosen.size)}`
    name.placeholder = chosen.name.replace(/\.[^.]+$/, '')
  })
  for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
    drop.addEventListener(kind, event => {
      event.preventDefault()
      drop.classList.toggle('over', kind === 'dragenter' || kind === 'dragover')
    })
  drop.addEventListener('drop', event => {
    if (!event.dataTransfer?.files.length) return
    file.files = event.dataTransfer.files
    file.dispatchEvent(new Event('change'))
  })

  form.addEventListener('submit', event => {
    const chosen = file.files?.[0]
    if (!chosen) return
    event.preventDefault()
    upload(form, chosen)
  })
}

function upload(form: HTMLFormElement, file: File) {
  const fields = new FormData(form)
  const text = (name: string) => (fields.get(name) as string | null) ?? ''
  const address = new URLSearchParams({ file_name: file.name, visibility: text('visibility'), wait: '0' })
  for (const name of ['name', 'description', 'team_id']) if (text(name)) address.set(name, text(name))

  const card = document.querySelector<HTMLElement>('[data-progress]')!
  const bar = card.querySelector('progress')!
  const title = card.querySelector<HTMLElement>('[data-title]')!
  const told = card.querySelector<HTMLElement>('[data-told]')!
  const stop = card.querySelector<HTMLButtonElement>('[data-stop]')!
  const leave = card.querySelector<HTMLElement>('[data-leave]')!
  const stay = (event: BeforeUnloadEvent) => event.preventDefault()

  const show = (sending: boolean) => {
    form.hidden = sending
    card.hidden = !sending
    document.querySelector<HTMLElement>('[data-failed]')!.hidden = true
  }
  const fail = (failure: Failure) => {
    removeEventListener('beforeunload', stay)
    show(false)
    const note = document.querySelector<HTMLElement>('[data-failed]')!
    note.querySelector('[data-what]')!.textContent = failure.message
    note.querySelector('[data-hint]')!.textContent = failure.hint ?? ''
    note.hidden = false
  }

  const request = new XMLHttpRequest()
  request.open('POST', `/web/datasets/import?${address}`)
  request.responseType = 'json'
  request.setRequestHeader('Accept', 'application/json')
  request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
  request.setRequestHeader('RequestVerificationToken', text('__RequestVerificationToken'))
  request.upload.addEventListener('progress', event => {
    bar.max = event.total
    bar.value = event.loaded
    told.textContent = `${size(event.loaded)} of ${size(event.total)}`
  })
  request.addEventListener('error', () => fail({ message: 'The file did not arrive: the connection broke.', hint: 'Nothing of it was kept. Send it again.' }))
  request.addEventListener('abort', () => {
    removeEventListener('beforeunload', stay)
    show(false)
  })
  request.addEventListener('load', () => {
    removeEventListener('beforeunload', stay)
    if (request.status >= 400) return fail(request.response?.error ?? { message: `The server answered ${request.status}.`, hint: null })
    const { import: job, address } = request.response as Followed
    if (address) return location.assign(address)
    title.textContent = `Loading ${file.name}`
    leave.hidden = false
    stop.onclick = () => cancel(job.id, text('__RequestVerificationToken'))
    follow(job.id, ({ import: at, address }) => {
      progress(bar, told, at)
      if (address) location.assign(address)
      else if (at.status === 'error') fail(at.error!)
    }).catch(() => location.assign('/datasets/imports'))
  })
  stop.onclick = () => request.abort()
  title.textContent = `Sending ${file.name}`
  told.textContent = size(file.size)
  show(true)
  stop.focus()
  addEventListener('beforeunload', stay)
  request.send(file)
}

/** One card of the list of imports, until it is done; then the page has more to say, so it is loaded again. */
function watch(card: HTMLElement) {
  const bar = card.querySelector('progress')
  const told = card.querySelector<HTMLElement>('[data-told]')
  const state = card.querySelector<HTMLElement>('[data-state]')
  follow(card.dataset.importId!, ({ import: at }) => {
    if (bar && told) progress(bar, told, at)
    if (state) state.textContent = at.stage === 'receiving' ? 'Receiving' : at.stage === 'loading' ? 'Loading' : 'Waiting'
    if (at.status === 'success' || at.status === 'error') location.reload()
  }).catch(() => {})
}

async function follow(id: string, tell: (at: Followed) => void) {
  while (true) {
    const answer = await fetch(`/web/imports/${id}`, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const at = await answer.json() as Followed
    tell(at)
    if (at.import.status === 'success' || at.import.status === 'error') return
    await new Promise(done => setTimeout(done, pause))
  }
}

async function cancel(id: string, token: string) {
  await fetch(`/web/imports/${id}/cancel`, { method: 'POST', headers: { RequestVerificationToken: token, Accept: 'application/json' } })
}

function progress(bar: HTMLProgressElement, told: HTMLElement, at: Import) {
  if (at.bytes_total) {
    bar.max = at.bytes_total
    bar.value = at.bytes_done
  } else bar.removeAttribute('value')
  const bytes = at.bytes_total ? `${size(at.bytes_done)} of ${size(at.bytes_total)}` : size(at.bytes_done)
  told.textContent = `${bytes}, ${at.rows_done.toLocaleString('en')} rows`
}
