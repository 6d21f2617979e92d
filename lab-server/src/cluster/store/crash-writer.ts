// For tests: writes to the store in STORE_DIR for ever and says each acknowledged write. The objects are large, so that
// the journal is soon replaced by a snapshot.
import { openStore } from './store.ts'

const store = openStore({ dir: process.env.STORE_DIR })
const filler = 'x'.repeat(120_000)
for (let round = 0; ; round += 1) {
  const key = `key-${round % 5}`
  const value = `${process.env.STORE_LIFE}-${round}`
  const stored = store.find('things', key)
  const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: key }, value, filler }
  const version = stored?.metadata.resourceVersion ?? ''
  const isRemoval = stored !== undefined && round % 7 === 6
  process.stdout.write(`try ${key} ${isRemoval ? '-' : value}\n`)
  if (isRemoval) store.remove('things', key, version)
  else if (stored === undefined) store.create('things', key, object)
  else store.update('things', key, object, version)
  process.stdout.write(`done ${store.revision()}\n`)
}
