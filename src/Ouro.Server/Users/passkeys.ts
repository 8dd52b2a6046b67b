// Passkeys: made on the settings page, used on the sign-in page. The browser does the work; the server says what for, and checks what comes of it.

const problem = document.querySelector<HTMLElement>('[data-passkey-problem]')
const able = typeof PublicKeyCredential === 'function' && 'parseCreationOptionsFromJSON' in PublicKeyCredential

for (const form of document.querySelectorAll<HTMLFormElement>('[data-passkey-add]'))
  offer(form, async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask(form, '/web/passkeys/options'))
    const credential = await navigator.credentials.create({ publicKey }) as PublicKeyCredential
    await ask(form, '/web/passkeys', { credential: credential.toJSON(), name: text(form, 'name') })
    location.reload()
  })

for (const form of document.querySelectorAll<HTMLFormElement>('[data-passkey-use]'))
  offer(form, async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask(form, '/web/sign-in/passkey-options'))
    const credential = await navigator.credentials.get({ publicKey }) as PublicKeyCredential
    const { address } = await ask(form, '/web/sign-in/passkey', { credential: credential.toJSON(), return: text(form, 'return') }) as { address: string }
    location.assign(address)
  })

function offer(form: HTMLFormElement, work: () => Promise<void>) {
  form.hidden = !able
  const note = form.parentElement?.querySelector<HTMLElement>('[data-passkey-unable]')
  if (note) note.hidden = able
  const button = form.querySelector('button')!
  form.addEventListener('submit', async event => {
    event.preventDefault()
    tell(undefined)
    button.disabled = true
    try {
      await work()
    } catch (failure) {
      // Who closes the browser's own dialog knows why nothing happened.
      const closed = failure instanceof DOMException && failure.name === 'NotAllowedError'
      const known = failure instanceof DOMException && failure.name === 'InvalidStateError'
      tell(known ? 'This device has a passkey for this account already.' : closed ? 'No passkey was chosen.' : (failure as Error).message)
    } finally {
      button.disabled = false
    }
  })
}

function tell(message: string | undefined) {
  if (!problem) return
  problem.hidden = message === undefined
  problem.querySelector('[data-what]')!.textContent = message ?? ''
}

async function ask(form: HTMLFormElement, path: string, body?: object) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', RequestVerificationToken: text(form, '__RequestVerificationToken') },
    body: JSON.stringify(body ?? {}),
  })
  const said = await answer.json()
  if (!answer.ok) throw new Error(said.error?.message ?? `The server answered ${answer.status}.`)
  return said
}

function text(form: HTMLFormElement, name: string) {
  return (new FormData(form).get(name) as string | null) ?? ''
}

export {}
