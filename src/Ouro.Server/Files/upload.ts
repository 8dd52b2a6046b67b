// Several files and folders on their way: three at a time, each with a bar, and each may wait and go on. What was interrupted goes on where it was.
import { Upload } from 'tus-js-client'
import { size } from '../Web/scripts/size.ts'

interface Chosen { file: File, folder: string }
interface Failure { message: string, hint: string | null }

const piece = 8 * 1024 * 1024
const atOnce = 3
const form = document.querySelector<HTMLFormElement>('form[data-upload]')
if (form) begin(form)

type State = 'waiting' | 'sending' | 'paused' | 'done' | 'failed'

class Sending {
  state: State = 'waiting'
  sent = 0
  address = ''
  private upload: Upload | undefined
  private readonly row: HTMLElement

  constructor(readonly chosen: Chosen, private readonly form: HTMLFormElement, private readonly changed: () => void) {
    this.row = (document.querySelector<HTMLTemplateElement>('template[data-row]')!.content.cloneNode(true) as DocumentFragment).querySelector('li')!
    const name = this.part('name')
    name.textContent = (chosen.folder ? chosen.folder + '/' : '') + chosen.file.name
    this.part('pause').addEventListener('click', () => (this.state === 'sending' || this.state === 'waiting' ? this.pause() : this.resume()))
    this.part('remove').addEventListener('click', () => this.remove())
    this.part('pause').setAttribute('aria-label', `Pause ${chosen.file.name}`)
    this.part('remove').setAttribute('aria-label', `Remove ${chosen.file.name}`)
    this.bar.setAttribute('aria-label', `How far ${chosen.file.name} is`)
    document.querySelector('[data-list]')!.append(this.row)
    this.show()
  }

  get size() { return this.chosen.file.size }

  private get bar() { return this.row.querySelector('progress')! }

  private part(name: string) { return this.row.querySelector<HTMLElement>(`[data-${name}]`)! }

  async start() {
    this.become('sending')
    const { file } = this.chosen
    if (!this.upload) {
      this.upload = new Upload(file, {
        endpoint: '/web/files/uploads',
        chunkSize: piece,
        retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
        removeFingerprintOnSuccess: true,
        headers: { RequestVerificationToken: field(this.form, '__RequestVerificationToken'), Accept: 'application/json' },
        metadata: { filename: file.name, filetype: file.type, visibility: field(this.form, 'visibility') },
        onProgress: sent => {
          this.sent = sent
          this.show()
          this.changed()
        },
        onSuccess: () => this.create(),
        onError: error => this.fail(told(error)),
      })
      // The same file was on its way before: it goes on there.
      const earlier = (await this.upload.findPreviousUploads()).at(-1)
      if (earlier) this.upload.resumeFromPreviousUpload(earlier)
    }
    if (this.state === 'sending') this.upload.start()
  }

  pause() {
    void this.upload?.abort()
    this.become('paused')
  }

  resume() { this.become('waiting') }

  remove() {
    if (this.state !== 'done') void this.upload?.abort(true).catch(() => {})
    this.state = 'done'
    this.sent = this.size
    this.row.remove()
    this.changed()
  }

  private async create() {
    this.sent = this.size
    const id = this.upload!.url!.split('/').at(-1)!
    const about = field(this.form, 'description')
    const file = {
      id, visibility: field(this.form, 'visibility'), team_id: field(this.form, 'team_id') || null,
      description: about ? about : null, metadata: this.chosen.folder ? { folder: this.chosen.folder } : null,
    }
    const answer = await fetch('/web/files/create', {
      method: 'POST', body: JSON.stringify({ file }),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', RequestVerificationToken: field(this.form, '__RequestVerificationToken') },
    }).catch(() => undefined)
    if (!answer?.ok) {
      const error = (await answer?.json().catch(() => undefined))?.error as Failure | undefined
      return this.fail(error ?? { message: 'The file is here, and could not be published.', hint: 'Look under “Your uploads”.' })
    }
    this.address = (await answer.json()).address
    const link = Object.assign(document.createElement('a'), { href: this.address, textContent: this.part('name').textContent })
    this.part('name').replaceChildren(link)
    this.become('done')
  }

  private fail({ message, hint }: Failure) {
    this.part('progress').textContent = [message, hint].filter(Boolean).join(' ')
    this.become('failed')
  }

  private become(state: State) {
    this.state = state
    this.show()
    this.changed()
  }

  private show() {
    const words = { waiting: 'Waiting', sending: 'Uploading', paused: 'Paused', done: 'Here', failed: 'Failed' }
    const state = this.part('state')
    state.textContent = words[this.state]
    state.className = `state ${this.state === 'done' ? 'success' : this.state === 'failed' ? 'error' : ''}`
    const pause = this.part('pause')
    pause.textContent = this.state === 'paused' ? 'Resume' : this.state === 'failed' ? 'Try again' : 'Pause'
    pause.setAttribute('aria-label', `${pause.textContent} ${this.chosen.file.name}`)
    pause.hidden = this.state === 'done'
    this.part('remove').hidden = this.state === 'done'
    this.bar.value = this.size ? this.sent / this.size : Number(this.state === 'done')
    if (this.state !== 'failed') this.part('progress').textContent = this.state === 'done' ? size(this.size) : `${size(this.sent)} of ${size(this.size)}`
  }
}

function begin(form: HTMLFormElement) {
  const input = form.querySelector<HTMLInputElement>('[type=file]')!
  const drop = form.querySelector<HTMLElement>('[data-drop]')!
  const folder = form.querySelector<HTMLButtonElement>('[data-folder]')!
  const card = document.querySelector<HTMLElement>('[data-sending]')!
  const all: Sending[] = []
  form.querySelector<HTMLElement>('.drop-hint')!.hidden = false
  // With script, choosing is sending.
  form.querySelector<HTMLElement>('[data-send]')!.hidden = true
  input.required = false

  const turn = () => {
    const going = all.filter(one => one.state === 'sending').length
    for (const next of all.filter(one => one.state === 'waiting').slice(0, Math.max(0, atOnce - going))) void next.start()
    show()
  }
  const show = () => {
    const [sent, whole] = [all.reduce((sum, one) => sum + one.sent, 0), all.reduce((sum, one) => sum + one.size, 0)]
    const done = all.filter(one => one.state === 'done').length
    const bar = card.querySelector<HTMLProgressElement>('[data-whole]')!
    bar.value = whole ? sent / whole : 1
    card.querySelector('[data-title]')!.textContent = done === all.length ? 'Uploaded' : 'Uploading'
    card.querySelector('[data-told]')!.textContent = `${done} of ${all.length} ${all.length === 1 ? 'file' : 'files'}, ${size(sent)} of ${size(whole)}`
    const pause = card.querySelector<HTMLButtonElement>('[data-pause-all]')!
    pause.hidden = all.every(one => one.state === 'done' || one.state === 'failed')
    pause.textContent = all.some(one => one.state === 'sending' || one.state === 'waiting') ? 'Pause all' : 'Resume all'
  }
  let planned = false
  const changed = () => {
    if (planned) return
    planned = true
    requestAnimationFrame(() => {
      planned = false
      turn()
    })
  }
  const add = (chosen: Chosen[]) => {
    if (!chosen.length) return
    card.hidden = false
    for (const one of chosen) all.push(new Sending(one, form, changed))
    changed()
  }
  card.querySelector('[data-pause-all]')!.addEventListener('click', () => {
    const going = all.filter(one => one.state === 'sending' || one.state === 'waiting')
    if (going.length) for (const one of going) one.pause()
    else for (const one of all.filter(one => one.state === 'paused')) one.resume()
  })
  addEventListener('beforeunload', event => {
    if (all.some(one => one.state === 'sending')) event.preventDefault()
  })

  form.addEventListener('submit', event => event.preventDefault())
  input.addEventListener('change', () => {
    add([...(input.files ?? [])].map(file => ({ file, folder: within(file.webkitRelativePath) })))
    input.value = ''
    input.webkitdirectory = false
  })
  folder.hidden = false
  folder.addEventListener('click', () => {
    input.webkitdirectory = true
    input.click()
  })
  // The folder that nobody chose must not change what the button beside it does.
  input.addEventListener('cancel', () => { input.webkitdirectory = false })
  for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
    drop.addEventListener(kind, event => {
      event.preventDefault()
      drop.classList.toggle('over', kind === 'dragenter' || kind === 'dragover')
    })
  drop.addEventListener('drop', async event => add(await dropped(event.dataTransfer!)))
}

/** What was dropped, with the files of folders and of the folders in them. */
async function dropped(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  if (!entries.length) return [...transfer.files].map(file => ({ file, folder: '' }))
  return (await Promise.all(entries.map(entry => walk(entry, '')))).flat()
}

async function walk(entry: FileSystemEntry, folder: string): Promise<Chosen[]> {
  if (entry.isFile) return [{ file: await new Promise<File>((found, lost) => (entry as FileSystemFileEntry).file(found, lost)), folder }]
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const inside: FileSystemEntry[] = []
  // A reader gives a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((found, lost) => reader.readEntries(found, lost))
    if (!some.length) break
    inside.push(...some)
  }
  const path = folder ? `${folder}/${entry.name}` : entry.name
  return (await Promise.all(inside.map(one => walk(one, path)))).flat()
}

function within(path: string) { return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '' }

function field(form: HTMLFormElement, name: string) { return (new FormData(form).get(name) as string | null) ?? '' }

/** Why the server refused, from the answer that the library keeps. */
function told(error: Error & { originalResponse?: { getBody(): string } | null }): Failure {
  try {
    const refused = JSON.parse(error.originalResponse?.getBody() ?? '').error as Failure
    if (refused.message) return refused
  } catch {
    // No answer, or none of ours: the connection broke.
  }
  return { message: 'The connection broke.', hint: 'What arrived is kept: try again, or come back later and choose the file again.' }
}
