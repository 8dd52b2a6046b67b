// The SQL box: Ctrl+Enter runs, words are completed, the result comes without loading the page, and an error is marked where it is.
import { charts } from '../Web/scripts/chart.ts'
import { copies } from '../Web/scripts/copy.ts'
import { completes } from './scripts/completion.ts'

const form = document.querySelector<HTMLFormElement>('[data-sql]')
const box = form?.querySelector<HTMLTextAreaElement>('textarea')
if (form && box) {
  const run = form.querySelector<HTMLButtonElement>('[data-run]')!
  const label = run.innerHTML
  let running: AbortController | undefined

  completes(box, [...form.querySelectorAll<HTMLElement>('.columns-help code')].map(c => ({ text: c.textContent!, kind: c.title })), quoted)
  box.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      form.requestSubmit(run)
    }
  })

  form.addEventListener('submit', async event => {
    const asked = event.submitter as HTMLButtonElement | null
    // What is saved leads to another page.
    if (asked?.name === 'Do' && asked.value !== 'plan') return
    event.preventDefault()
    if (running) return running.abort()
    const result = document.querySelector<HTMLElement>('#result')!
    const body = new FormData(form, asked)
    const mine = (running = new AbortController())
    result.setAttribute('aria-busy', 'true')
    run.textContent = 'Stop'
    try {
      const answer = await fetch(form.action, { method: 'POST', body, signal: mine.signal })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.querySelector('#result')
      if (!fresh) throw new Error('no result')
      result.replaceChildren(...fresh.childNodes)
      copies(result)
      charts(result)
      mark(result)
      remember(box.value)
      if (asked?.name === 'Chart') result.querySelector<HTMLElement>(`button[name="Chart"][value="${asked.value}"]`)?.focus()
    } catch (problem) {
      if (mine.signal.aborted) result.textContent = 'Stopped.'
      else form.submit()
    } finally {
      running = undefined
      result.removeAttribute('aria-busy')
      run.innerHTML = label
    }
  })

  for (const name of form.querySelectorAll<HTMLElement>('.columns-help code')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = name.textContent
    button.title = name.title
    button.addEventListener('click', () => {
      box.setRangeText(quoted(button.textContent!), box.selectionStart, box.selectionEnd, 'end')
      box.focus()
    })
    name.replaceWith(button)
  }
  charts(document)
  mark(document)
}

/** Puts the cursor where PostgreSQL says the error is. It counts characters, and the box counts halves of them. */
function mark(within: ParentNode) {
  const place = within.querySelector<HTMLElement>('[data-position]')
  box!.toggleAttribute('aria-invalid', false)
  if (!place) return
  const at = [...box!.value].slice(0, Number(place.dataset.position) - 1).join('').length
  const word = /^\w+/.exec(box!.value.slice(at))?.[0].length ?? 1
  box!.setAttribute('aria-invalid', 'true')
  box!.focus()
  box!.setSelectionRange(at, at + word)
}

/** The address becomes a link to the question, where it is short enough for one. */
function remember(query: string) {
  const view = form!.querySelector<HTMLInputElement>('[name="ViewId"]')?.value
  const address = `${location.pathname}?${view ? `view=${view}&` : ''}query=${encodeURIComponent(query)}`
  history.replaceState(null, '', address.length < 2000 ? address : location.pathname)
}

function quoted(name: string) {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
