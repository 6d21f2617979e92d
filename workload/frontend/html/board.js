// Draws the board: three columns of cards. Knows nothing of requests.

const columns = [
  { status: 'pending', title: 'Pending' },
  { status: 'in_progress', title: 'In progress' },
  { status: 'completed', title: 'Completed' },
]
const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true)

/** Makes the board; `actions` are what its buttons ask for: `change`, `edit`, `remove`. */
export function makeBoard(root, actions) {
  const lists = new Map()
  for (const { status, title } of columns) {
    const section = document.createElement('section')
    section.className = 'column'
    section.dataset.status = status
    section.innerHTML = `<h2><span class="shape" aria-hidden="true"></span>${title}<span class="count"></span></h2><ul></ul><p class="empty">Nothing here</p>`
    root.append(section)
    lists.set(status, section)
  }

  return {
    /** Shows the tasks; cards that stay keep their place, focus and open editor. */
    show(tasks) {
      const wanted = new Set(tasks.map(({ id }) => String(id)))
      for (const card of root.querySelectorAll('.card')) {
        if (!wanted.has(card.dataset.id)) card.remove()
      }
      for (const [status, section] of lists) {
        const mine = tasks.filter((task) => task.status === status)
        const list = section.querySelector('ul')
        for (const task of mine) {
          const card = root.querySelector(`.card[data-id="${task.id}"]`) ?? makeCard(task, actions)
          fill(card, task)
          if (card.parentElement !== list) list.append(card)
        }
        section.querySelector('.count').textContent = mine.length
        section.classList.toggle('is-empty', mine.length === 0)
      }
    },
    setStale(isStale) {
      root.classList.toggle('is-stale', isStale)
    },
  }
}

function makeCard(task, actions) {
  const card = template('card-template')
  card.dataset.id = task.id
  card.querySelector('.status').addEventListener('change', (event) => {
    actions.change(card.task, { status: event.target.value })
  })
  card.querySelector('.edit').addEventListener('click', () => openEditor(card, actions))
  const button = card.querySelector('.delete')
  button.addEventListener('click', () => {
    if (button.dataset.asked) return actions.remove(card.task)
    button.dataset.asked = 'yes'
    button.textContent = 'Really delete?'
  })
  button.addEventListener('blur', () => {
    delete button.dataset.asked
    button.textContent = 'Delete'
  })
  return card
}

function fill(card, task) {
  const before = card.task
  card.task = task
  card.querySelector('h3').textContent = task.title
  card.querySelector('.text').textContent = task.description ?? ''
  const status = card.querySelector('.status')
  if (document.activeElement !== status || before?.status !== task.status) status.value = task.status
  status.setAttribute('aria-label', `Status of ${task.title}`)
  card.querySelector('.edit').setAttribute('aria-label', `Edit ${task.title}`)
  card.querySelector('.delete').setAttribute('aria-label', `Delete ${task.title}`)
  const time = card.querySelector('time')
  const at = task.updated_at ?? task.created_at
  time.dateTime = `${at}Z`
  time.textContent = ago(`${at}Z`)
  time.title = `Created ${local(task.created_at)}, changed ${local(at)}`
  if (before && JSON.stringify(before) !== JSON.stringify(task)) {
    card.classList.remove('glows')
    requestAnimationFrame(() => card.classList.add('glows'))
  }
}

function openEditor(card, actions) {
  const article = card.querySelector('article')
  const form = template('editor-template')
  form.elements.title.value = card.task.title
  form.elements.description.value = card.task.description ?? ''
  const close = () => {
    form.remove()
    article.hidden = false
    card.querySelector('.edit').focus()
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const change = { title: form.elements.title.value, description: form.elements.description.value }
    if (await actions.change(card.task, change)) close()
  })
  form.addEventListener('keydown', (event) => event.key === 'Escape' && close())
  form.querySelector('.cancel').addEventListener('click', close)
  article.hidden = true
  card.append(form)
  form.elements.title.select()
}

function local(at) {
  return new Date(`${at}Z`).toLocaleString()
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

function ago(at) {
  const seconds = (new Date(at) - Date.now()) / 1000
  const [unit, size] = units.find(([, length]) => -seconds >= length) ?? []
  return unit ? relative.format(Math.round(seconds / size), unit) : 'just now'
}
