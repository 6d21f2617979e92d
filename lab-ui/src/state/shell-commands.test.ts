import { expect, test } from 'vitest'
import { readShellCommands } from './shell-commands.ts'

test('a line is a command and what it shows', () => {
  expect(readShellCommands('sh', 'kubectl get pods     # all ready: # of them is 5\nkubectl get svc\n')).toEqual([
    { command: 'kubectl get pods', note: 'all ready: # of them is 5' },
    { command: 'kubectl get svc', note: '' },
  ])
})

test('a hash inside a word is part of the command', () => {
  expect(readShellCommands('sh', 'curl http://a/#b')).toEqual([{ command: 'curl http://a/#b', note: '' }])
})

test('what is not one command a line stays text', () => {
  expect(readShellCommands('yaml', 'kind: Pod')).toBeUndefined()
  expect(readShellCommands(undefined, 'kubectl get pods')).toBeUndefined()
  expect(readShellCommands('sh', 'kubectl apply -f - <<EOF\na: b\nEOF')).toBeUndefined()
  expect(readShellCommands('sh', 'kubectl get pods \\\n  -o wide')).toBeUndefined()
  expect(readShellCommands('sh', '# only a comment')).toBeUndefined()
  expect(readShellCommands('sh', '')).toBeUndefined()
})
