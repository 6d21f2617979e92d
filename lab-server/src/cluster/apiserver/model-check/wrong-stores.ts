// Stores that break one promise each, now and then. The checker is worth what it notices of them.
import type { Change } from '../../store/change.ts'
import { type Store, StoreError } from '../../store/store.ts'
import type { Watcher } from '../../store/watcher.ts'

/** Tells for each call whether this one goes wrong. */
type Now = () => boolean

function every(count: number): Now {
  let calls = 0
  return () => {
    calls += 1
    return calls % count === 0
  }
}

function withWatcher(store: Store, wrap: (watcher: Watcher) => Pick<Watcher, 'take'>): Store {
  return {
    ...store,
    watch(bucket, options) {
      const watcher = store.watch(bucket, options)
      const wrapped = wrap(watcher)
      return {
        get isCut() {
          return watcher.isCut
        },
        take: wrapped.take,
        stop: watcher.stop,
      }
    },
  }
}

/** What is wrong with each store, and the store around a right one. */
export const wrongStores: Record<string, (store: Store) => Store> = {
  'drops an event': (store) => {
    const isNow = every(40)
    return withWatcher(store, (watcher) => ({
      take() {
        if (isNow()) watcher.take()
        return watcher.take()
      },
    }))
  },
  'tells an event twice': (store) => {
    const isNow = every(40)
    return withWatcher(store, (watcher) => {
      let again: Change | undefined
      return {
        take() {
          const change = again ?? watcher.take()
          again = again === undefined && isNow() ? change : undefined
          return change
        },
      }
    })
  },
  'tells two events in the wrong order': (store) => {
    const isNow = every(30)
    return withWatcher(store, (watcher) => {
      let held: Change | undefined
      return {
        take() {
          if (held !== undefined) {
            const change = held
            held = undefined
            return change
          }
          const first = watcher.take()
          if (first === undefined || !isNow()) return first
          const second = watcher.take()
          if (second === undefined) return first
          held = first
          return second
        },
      }
    })
  },
  'does not look at the version': (store) => ({
    ...store,
    update(bucket, key, object, expected) {
      return store.update(bucket, key, object, store.find(bucket, key)?.metadata.resourceVersion ?? expected)
    },
  }),
  'refuses a version that is right': (store) => {
    const isNow = every(40)
    return {
      ...store,
      find(bucket, key) {
        const object = store.find(bucket, key)
        return object && isNow() ? { ...object, metadata: { ...object.metadata, resourceVersion: '1' } } : object
      },
    }
  },
  'acknowledges a write and forgets it': (store) => {
    const isNow = every(40)
    return {
      ...store,
      update(bucket, key, object, expected) {
        if (!isNow()) return store.update(bucket, key, object, expected)
        const resourceVersion = String(store.revision() + 1)
        return { ...object, metadata: { ...object.metadata, resourceVersion } }
      },
    }
  },
  'says too early that history is gone': (store) => ({
    ...store,
    watch(bucket, options) {
      if (options.since < store.revision() - 20) throw new StoreError('expired')
      return store.watch(bucket, options)
    },
  }),
  'starts a watch a little late': (store) => ({
    ...store,
    watch: (bucket, options) =>
      store.watch(bucket, { ...options, since: Math.min(store.revision(), options.since + 3) }),
  }),
  'lists the present when asked for the past': (store) => ({
    ...store,
    listAt: (bucket) =>
      store.list(bucket).map((object) => {
        const { namespace, name } = object.metadata
        return [namespace === undefined ? (name ?? '') : `${namespace}/${name}`, object] as const
      }) as ReturnType<Store['listAt']>,
  }),
  'leaves an object out of a list': (store) => {
    const isNow = every(3)
    return {
      ...store,
      list: (bucket, prefix) => (isNow() ? store.list(bucket, prefix).slice(1) : store.list(bucket, prefix)),
    }
  },
  'cuts a watch that keeps up': (store) => ({
    ...store,
    watch(bucket, options) {
      const watcher = store.watch(bucket, options)
      let taken = 0
      return {
        get isCut() {
          return taken > 25
        },
        take() {
          const change = watcher.take()
          if (change) taken += 1
          return change
        },
        stop: watcher.stop,
      }
    },
  }),
}
