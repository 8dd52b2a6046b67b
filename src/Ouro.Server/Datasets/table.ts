// The table: a column to filter by is chosen at once, and what the columns hold appears when it is worked out.

const choice = document.querySelector<HTMLFormElement>('[data-add-filter]')
choice?.querySelector('select')!.addEventListener('change', () => choice.requestSubmit())

const waits = [700, 1500, 3000, 6000, 10000]

async function look() {
  const grid = document.querySelector('.grid-box[data-pending]')
  const wait = waits.shift()
  if (!grid || !wait) return
  await new Promise(done => setTimeout(done, wait))
  const answer = await fetch(location.href).catch(() => undefined)
  if (!answer?.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.grid-box')
  if (!fresh) return
  if (fresh.hasAttribute('data-pending')) return look()
  const heads = fresh.querySelectorAll('thead th')
  for (const [i, head] of grid.querySelectorAll('thead th').entries()) {
    const [mine, news] = [head.querySelector('.spark'), heads[i]?.querySelector('.spark')]
    if (!mine || !news) continue
    head.querySelector('.column-told')?.replaceWith(heads[i]!.querySelector('.column-told')!)
    mine.replaceWith(news)
  }
  grid.removeAttribute('data-pending')
}

void look()

export {}
