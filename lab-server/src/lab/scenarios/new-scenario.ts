// A new scenario to start from: small, whole, and proved as it stands.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { schemaFile } from './load-scenarios.ts'

/** Writes the folder of a new scenario and returns it; never touches one that exists. */
export function writeNewScenario(id: string, parent: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 60) {
    throw new Error(`"${id}" is no id: use words in lower case with dashes, as in site-not-found.`)
  }
  const home = join(parent, id)
  writeScenarioFolder(home, filesOf(id, home))
  return home
}

/** Writes the files of a new scenario; never touches a folder that exists. */
export function writeScenarioFolder(home: string, files: Record<string, string>): void {
  if (existsSync(home)) throw new Error(`${home} exists already.`)
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
  }
}

function filesOf(id: string, home: string): Record<string, string> {
  return {
    'scenario.yaml': `# yaml-language-server: $schema=${relative(home, schemaFile)}
id: ${id}
title: Let the API be reached again
level: 2
minutes: 10
tags: [network, api]
domains: [CKAD-NET]
cause: >-
  Service backend-svc sends to port 5050, where nothing listens.

faults:
  - patch: Service/backend-svc
    ops:
      - { op: test, path: /spec/ports/0/targetPort, value: 5000 }
      - { op: replace, path: /spec/ports/0/targetPort, value: 5050 }

checks:
  - id: health
    title: The API reports that it is healthy
    http: { path: /api/health, body: { status: healthy, database: connected } }
  - id: tasks
    title: The task list loads
    http: { path: /api/tasks, body: { count: { atLeast: 3 } } }

hints:
  - cost: 5
    text: >-
      The pods are ready. Follow a request on its way to them, step by step.
  - cost: 10
    text: >-
      Compare the endpoints of the Service with what the pods say about themselves.
  - cost: 20
    text: >-
      The Service sends to a port on which the backend does not listen.
`,
    'brief.md': `Hi,

the task list does not load any more; the page itself opens. Every pod is running and ready, and none has restarted.

Somebody tidied up numbers in the Services yesterday.

Thanks,
Robin
`,
    'debrief.md': `## What was wrong

The \`targetPort\` of Service \`backend-svc\` was 5050. The backend listens on 5000, so every connection was refused.

## How to find it

\`\`\`sh
kubectl get endpoints backend-svc         # addresses with port 5050
kubectl describe service backend-svc      # TargetPort: 5050
kubectl get pods -l app=backend -o jsonpath='{.items[0].spec.containers[0].ports}'
\`\`\`

## How to repair it

Set \`targetPort\` to 5000.

## How to prevent it

- Name the port in the pod and refer to the name: then a number has one place.

## Where it really happened

Zalando's shared ingress once answered 502 for many shops at a time, because connections were refused one hop before
the pods. Tell here of an incident like yours.
`,
    'solution.sh': `#!/bin/sh
# The port on which the backend listens.
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 5000}]'
`,
    'also-fixes/merged.sh': `#!/bin/sh
# Accepted: another patch with the same outcome.
set -e
kubectl -n taskmaster patch service backend-svc -p '{"spec": {"ports": [{"port": 5000, "targetPort": 5000}]}}'
`,
    'wrong-fixes/other-type.sh': `#!/bin/sh
# Refused: Service/backend-svc is of type NodePort instead of ClusterIP
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[
  {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 5000},
  {"op": "replace", "path": "/spec/type", "value": "NodePort"}
]'
`,
  }
}
