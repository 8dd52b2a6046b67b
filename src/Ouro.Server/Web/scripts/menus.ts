/** Menus close when one looks elsewhere, and two keys save a way: `/` to search, `c` to create. */
export function menus() {
  const open = () => document.querySelector<HTMLDetailsElement>('.menu[open]')

  document.addEventListener('click', event => {
    const menu = open()
    if (menu && !menu.contains(event.target as Node)) menu.open = false
  })

  document.addEventListener('focusin', event => {
    const menu = open()
    if (menu && !menu.contains(event.target as Node)) menu.open = false
  })

  document.addEventListener('keydown', event => {
    const menu = open()
    if (menu) inMenu(menu, event)
    else if (!event.ctrlKey && !event.metaKey && !event.altKey) shortcut(event)
  })
}

function inMenu(menu: HTMLDetailsElement, event: KeyboardEvent) {
  const items = [...menu.querySelectorAll<HTMLElement>('.panel a, .panel button')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : undefined
  if (event.key === 'Escape') {
    menu.open = false
    menu.querySelector<HTMLElement>('summary')?.focus()
  } else if (to !== undefined) {
    items.at(to % items.length)?.focus()
  } else return
  event.preventDefault()
}

function shortcut(event: KeyboardEvent) {
  if (document.documentElement.dataset.shortcuts === 'off' || document.querySelector('dialog[open]')) return
  const typing = event.target as HTMLElement
  if (typing.isContentEditable || typing.matches('input:not([type=radio], [type=checkbox], [type=file]), textarea, select')) return
  if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('#find')
    // On a small screen the search is a page of its own.
    if (search?.checkVisibility()) search.select()
    else document.querySelector<HTMLAnchorElement>('.find-link')?.click()
  } else {
    const menu = [...document.querySelectorAll<HTMLDetailsElement>('.menu[data-key]')].find(m => m.dataset.key === event.key)
    if (!menu) return
    menu.open = true
    menu.querySelector<HTMLElement>('.panel a, .panel button')?.focus()
  }
  event.preventDefault()
}
