// The page: asks for tasks and health again and again, and shows what it finds.
import { call, checkHealth } from './api.js'
import { makeBoard } from './board.js'

const healthEveryMs = 3000
const element = (id) => document.getElementById(id)
const titles = {
  unreachable: 'The server cannot be reached',
  gateway: 'The API is not answering',
  'not-json': 'This is not the API',
  database: 'The database is not connected',
  failed: 'The API reports an error',
  rejected: 'The request was refused',
}

let loadedAt
let isBroken = false
const board = makeBoard(element('board'), { change, remove })

async function load() {
  try {
    const { tasks } = await call('GET', '/tasks')
    if (!Array.isArray(tasks)) throw Object.assign(new Error('The answer holds no tasks.'), { kind: 'not-json' })
    board.show(tasks)
    loadedAt = new Date()
    board.setStale(false)
    const done = tasks.filter(({ status }) => status === 'completed').length
    element('summary').textContent =
      tasks.length === 0 ? 'No tasks yet. Add the first one above.' : `${done} of ${tasks.length} completed`
    showTrouble(undefined)
  } catch (error) {
    board.setStale(loadedAt !== undefined)
    showTrouble(error)
  }
}

function showTrouble(error) {
  isBroken = error !== undefined
  element('trouble').hidden = !isBroken
  if (!isBroken) return
  const kept = loadedAt ? ` You see the tasks of ${loadedAt.toLocaleTimeString()}.` : ''
  setText('trouble-title', titles[error.kind] ?? 'Something went wrong')
  setText('trouble-text', error.message + kept)
  setText('trouble-evidence', error.evidence ?? '')
}

/** Only when it differs, so that a screen reader does not repeat itself. */
function setText(id, text) {
  if (element(id).textContent !== text) element(id).textContent = text
}

function showLight(id, state) {
  const words = { ok: 'ok', bad: 'down', unknown: 'unknown', busy: 'checking' }
  const light = element(id)
  light.dataset.state = state
  light.querySelector('b').textContent = words[state]
}

async function watch() {
  const { api, database, error } = await checkHealth()
  showLight('api-light', api)
  showLight('database-light', database)
  if (isBroken || error) await load()
  // Health knows the reason; the task list only that there is none.
  if (isBroken && error) showTrouble(error)
}

/** Runs one change, tells how it went, and shows the board as the API has it now. */
async function carryOut(words, work) {
  try {
    await work()
    toast(words, 'ok')
    await load()
    return true
  } catch (error) {
    toast(`${titles[error.kind] ?? 'Failed'}. ${error.message} ${error.evidence ?? ''}`, 'bad')
    await load()
    return false
  }
}

function change(task, fields) {
  return carryOut(`“${fields.title ?? task.title}” is saved`, () => call('PUT', `/tasks/${task.id}`, fields))
}

function remove(task) {
  return carryOut(`“${task.title}” is deleted`, () => call('DELETE', `/tasks/${task.id}`))
}

function toast(text, state) {
  const note = document.createElement('p')
  note.className = 'toast'
  note.dataset.state = state
  note.textContent = text
  element('toasts').append(note)
  setTimeout(() => note.remove(), state === 'bad' ? 12_000 : 4000)
}

const composer = element('composer')
composer.addEventListener('submit', async (event) => {
  event.preventDefault()
  const task = Object.fromEntries(new FormData(composer))
  const button = composer.querySelector('button')
  button.disabled = true
  // What was typed stays until the API has it.
  if (await carryOut(`“${task.title}” is added`, () => call('POST', '/tasks', task))) composer.reset()
  button.disabled = false
  composer.elements.title.focus()
})

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select')
  if (event.key !== 'n' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  composer.elements.title.focus()
})

const root = document.documentElement
root.dataset.theme = keptTheme()
element('theme').addEventListener('click', () => {
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = isDark ? 'light' : 'dark'
  keepTheme(root.dataset.theme)
})

element('retry').addEventListener('click', () => Promise.all([load(), watch()]))
let round = 0

/** Health each time, the tasks every fifth time; never two rounds at once. */
async function poll() {
  if (!document.hidden) {
    await watch()
    if (round % 5 === 0 && !isBroken) await load()
    round += 1
  }
  setTimeout(poll, healthEveryMs)
}

await poll()

// Storage may be closed, in a frame of another site for instance: the choice then lasts as long as the page.
function keptTheme() {
  try {
    return localStorage.getItem('theme') ?? ''
  } catch {
    return ''
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // Not kept.
  }
}
