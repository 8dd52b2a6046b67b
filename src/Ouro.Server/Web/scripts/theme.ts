/** The theme changes at once, without loading the page again. The cookie is the one that the server sets for the form. */
export function theme() {
  for (const form of document.querySelectorAll<HTMLFormElement>('[data-theme-switch]'))
    form.addEventListener('submit', event => {
      const chosen = (event.submitter as HTMLButtonElement | null)?.value
      if (!chosen) return
      event.preventDefault()
      const secure = location.protocol === 'https:' ? '; secure' : ''
      if (chosen === 'system') {
        delete document.documentElement.dataset.theme
        document.cookie = 'ouro_theme=; path=/; max-age=0; samesite=lax' + secure
      } else {
        document.documentElement.dataset.theme = chosen
        document.cookie = `ouro_theme=${chosen}; path=/; max-age=31536000; samesite=lax${secure}`
      }
      for (const button of document.querySelectorAll<HTMLButtonElement>('[data-theme-switch] button'))
        button.setAttribute('aria-pressed', String(button.value === chosen))
    })
}
