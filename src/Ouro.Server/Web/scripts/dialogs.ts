import { copies } from './copy.ts'

/** Pages that ask one thing open over the page they were asked from. Without script, or when anything goes wrong, they are pages. */
export function dialogs() {
  document.addEventListener('click', async event => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-dialog]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    const panel = await load(link.href).catch(() => undefined)
    if (panel) open(panel)
    else location.assign(link.href)
  })
}

async function load(address: string, form?: FormData): Promise<HTMLElement | undefined> {
  const answer = await fetch(address, form ? { method: 'POST', body: form } : {})
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return page.querySelector<HTMLElement>('[data-panel]') ?? undefined
}

function open(panel: HTMLElement) {
  const dialog = document.createElement('dialog')
  dialog.append(closeButton(dialog))
  fill(dialog, panel)
  dialog.addEventListener('close', () => dialog.remove())
  // A press on what is behind lands on the dialog itself.
  dialog.addEventListener('pointerdown', event => {
    if (event.target !== dialog) return
    const { left, right, top, bottom } = dialog.getBoundingClientRect()
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) dialog.close()
  })
  document.body.append(dialog)
  dialog.showModal()
}

function fill(dialog: HTMLDialogElement, panel: HTMLElement) {
  dialog.querySelector('[data-panel]')?.remove()
  dialog.append(document.adoptNode(panel))
  const title = panel.getAttribute('aria-labelledby')
  if (title) dialog.setAttribute('aria-labelledby', title)
  copies(panel)
  for (const close of panel.querySelectorAll('[data-close]'))
    close.addEventListener('click', event => {
      event.preventDefault()
      dialog.close()
    })
  if ('stay' in panel.dataset) for (const form of panel.querySelectorAll('form')) stay(dialog, form)
}

/** A form that only asks has its words in the address, as a browser would put them there. */
function sent(form: HTMLFormElement, data: FormData) {
  if (form.method === 'post') return load(form.action, data)
  const words = [...data].filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return load(form.action.split('?')[0] + '?' + new URLSearchParams(words))
}

/** A form that leads back to its own panel, with what changed or what was wrong. */
function stay(dialog: HTMLDialogElement, form: HTMLFormElement) {
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const panel = await sent(form, new FormData(form, event.submitter)).catch(() => undefined)
    if (!panel) return form.submit()
    fill(dialog, panel)
    dialog.querySelector<HTMLElement>('[aria-invalid], [data-panel] input:not([type=hidden])')?.focus()
  })
}

function closeButton(dialog: HTMLDialogElement) {
  const button = document.createElement('button')
  button.className = 'icon-button'
  button.setAttribute('aria-label', 'Close')
  button.innerHTML = '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4"/></svg>'
  button.addEventListener('click', () => dialog.close())
  return button
}
