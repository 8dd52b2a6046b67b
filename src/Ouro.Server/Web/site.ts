// What makes every page better where scripts run. Each of these works without: as a link, a form, or a details element.
import { copies } from './scripts/copy.ts'
import { dialogs } from './scripts/dialogs.ts'
import { menus } from './scripts/menus.ts'
import { theme } from './scripts/theme.ts'

document.documentElement.classList.add('scripted')
menus()
theme()
copies(document)
dialogs()
