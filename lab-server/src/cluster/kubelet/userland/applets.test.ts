import { basename } from 'node:path'
import { getCommandNames } from 'just-bash'
import { expect, test } from 'vitest'
import { appletPaths } from './applets.ts'
import { bundledNames } from './tools/bundled.ts'
import { findTool, loadTool, toolNames } from './tools/index.ts'

test('every tool that an image shows in its folders exists', () => {
  const missing = [...appletPaths('curl'), ...appletPaths('busybox')].filter((path) => !findTool(basename(path)))
  expect(missing).toEqual([])
})

test.each(toolNames)('the tool %s stands in the module that it is loaded from', async (name) => {
  expect(await loadTool(name)).toBeTypeOf('function')
})

test('every tool that should come from the library is in it', () => {
  const present: readonly string[] = getCommandNames()
  expect([...bundledNames].filter((name) => !present.includes(name))).toEqual([])
})
