/** Shows the buttons that copy the text beside them. */
export function copies(within: ParentNode) {
  for (const button of within.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const text = button.parentElement?.querySelector('code')?.textContent ?? ''
    const name = button.getAttribute('aria-label') ?? 'Copy'
    const icon = button.innerHTML
    button.hidden = false
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text)
      button.innerHTML = '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="m3 8.5 3.2 3.2L13 4.6"/></svg>'
      button.setAttribute('aria-label', 'Copied')
      setTimeout(() => {
        button.innerHTML = icon
        button.setAttribute('aria-label', name)
      }, 1500)
    })
  }
}
