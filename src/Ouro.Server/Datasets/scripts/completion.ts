const words = (
  'select from where group by having order limit offset distinct as and or not in is null like ilike between case when then else end join left outer inner on using union all ' +
  'with over partition rows asc desc nulls first last cast extract interval date true false filter within exists values lateral cross ' +
  'count sum avg min max round floor ceil abs coalesce nullif greatest least length lower upper trim substring replace split_part string_agg array_agg to_char date_trunc ' +
  'date_part now generate_series percentile_cont stddev variance corr row_number rank lag lead width_bucket'
).split(' ')

export interface Suggestion {
  text: string
  kind: string
}

/** Completes the word before the cursor: a list under it, which the arrow keys go through, Enter or Tab takes from, and Escape closes. */
export function completes(box: HTMLTextAreaElement, columns: Suggestion[], quoted: (name: string) => string) {
  const all: Suggestion[] = [...columns, { text: '{{table}}', kind: 'this dataset' }, ...words.map(text => ({ text, kind: '' }))]
  const list = document.createElement('ul')
  list.id = 'sql-completions'
  list.className = 'completions'
  list.role = 'listbox'
  list.ariaLabel = 'Completions'
  list.hidden = true
  const told = document.createElement('span')
  told.className = 'sr'
  told.role = 'status'
  box.after(list, told)
  box.setAttribute('aria-autocomplete', 'list')
  box.setAttribute('aria-haspopup', 'listbox')
  box.setAttribute('aria-controls', list.id)
  let found: Suggestion[] = []
  let chosen = 0

  box.addEventListener('input', event => {
    const typed = (event as InputEvent).inputType?.startsWith('insertText')
    if (typed) open(1)
    else if (!list.hidden) open(1)
  })
  box.addEventListener('blur', close)
  box.addEventListener('scroll', close)
  box.addEventListener('click', close)
  box.addEventListener('keydown', event => {
    if (event.ctrlKey && event.key === ' ') {
      event.preventDefault()
      return open(0)
    }
    if (list.hidden || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') mark((chosen + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length)
    else if (event.key === 'Enter' || event.key === 'Tab') take(chosen)
    else if (event.key === 'Escape') close()
    else {
      if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') close()
      return
    }
    event.preventDefault()
    event.stopImmediatePropagation()
  })

  function begun() {
    const before = box.value.slice(0, box.selectionStart)
    // Nothing is completed inside of a text or a comment.
    if ((before.match(/'/g)?.length ?? 0) % 2 || /--[^\n]*$/.test(before)) return undefined
    return /(\{\{?\w*|"?[\p{L}_][\p{L}\p{N}_]*)?$/u.exec(before)?.[0] ?? ''
  }

  function open(least: number) {
    const word = begun()
    const start = word?.replace('"', '').toLowerCase() ?? ''
    if (word === undefined || start.length < least || box.selectionStart !== box.selectionEnd) return close()
    found = all.filter(s => s.text.toLowerCase().startsWith(start) && s.text.toLowerCase() !== start).slice(0, 8)
    if (found.length < 8 && start.length > 1) found.push(...columns.filter(s => !found.includes(s) && s.text.toLowerCase().includes(start) && s.text !== start).slice(0, 8 - found.length))
    if (found.length === 0) return close()
    list.replaceChildren(...found.map((suggestion, i) => item(suggestion, i)))
    list.hidden = false
    place(word.length)
    mark(0)
    told.textContent = `${found.length} completions`
  }

  function item({ text, kind }: Suggestion, i: number) {
    const entry = document.createElement('li')
    entry.id = `sql-completion-${i}`
    entry.role = 'option'
    entry.append(text, Object.assign(document.createElement('small'), { textContent: kind }))
    // Before the box loses the focus.
    entry.addEventListener('pointerdown', event => {
      event.preventDefault()
      take(i)
    })
    return entry
  }

  function mark(i: number) {
    chosen = i
    for (const [n, entry] of [...list.children].entries()) entry.ariaSelected = String(n === i)
    box.setAttribute('aria-activedescendant', `sql-completion-${i}`)
  }

  function take(i: number) {
    const suggestion = found[i]!
    const length = begun()?.length ?? 0
    box.setRangeText(columns.includes(suggestion) ? quoted(suggestion.text) : suggestion.text, box.selectionStart - length, box.selectionStart, 'end')
    close()
    box.focus()
  }

  function close() {
    list.hidden = true
    told.textContent = ''
    box.removeAttribute('aria-activedescendant')
  }

  /** Under the word: every letter of the box is as wide as every other. */
  function place(length: number) {
    const before = box.value.slice(0, box.selectionStart).split('\n')
    const style = getComputedStyle(box)
    const pen = document.createElement('canvas').getContext('2d')!
    pen.font = style.font
    const left = parseFloat(style.paddingLeft) + pen.measureText('0').width * (before.at(-1)!.length - length) - box.scrollLeft
    const top = parseFloat(style.paddingTop) + parseFloat(style.lineHeight) * before.length - box.scrollTop
    list.style.left = `${Math.max(0, Math.min(left, box.clientWidth - 240))}px`
    list.style.top = `${Math.min(top + 4, box.offsetHeight + 2)}px`
  }
}
