import { describe, expect, it } from 'vitest'
import { parseCorefile } from './corefile.ts'
import { typeNumbers } from './message.ts'

const corefile = (extra: string) => `.:53 {
    errors
    health {
       lameduck 5s
    }
${extra}
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf
    cache 30
}
`
const ask = (text: string, name: string, type = typeNumbers.A) =>
  parseCorefile(text)
    .map((rule) => rule.answer(name, type))
    .find((answer) => answer !== undefined)

describe('the Corefile', () => {
  it('changes nothing as it comes', () => {
    expect(ask(corefile(''), 'postgres-svc.taskmaster.svc.cluster.local')).toBeUndefined()
  })

  it('may hide one name by a template', () => {
    const text = corefile(`    template IN ANY taskmaster.svc.cluster.local {
       match "^postgres-svc\\.taskmaster\\.svc\\.cluster\\.local\\.$"
       rcode NXDOMAIN
    }`)
    expect(ask(text, 'postgres-svc.taskmaster.svc.cluster.local')).toEqual({ code: 'NXDOMAIN', answers: [] })
    expect(ask(text, 'backend-svc.taskmaster.svc.cluster.local')).toBeUndefined()
  })

  it('may give a name another address by hosts', () => {
    const text = corefile(
      '    hosts {\n       192.0.2.7 postgres-svc.taskmaster.svc.cluster.local\n       fallthrough\n    }',
    )
    expect(ask(text, 'postgres-svc.taskmaster.svc.cluster.local')?.answers).toMatchObject([{ address: '192.0.2.7' }])
    expect(ask(text, 'example.com')).toBeUndefined()
  })

  it('survives an expression and a block that are not finished', () => {
    expect(ask('.:53 {\n template IN A {\n match "(("\n rcode NXDOMAIN\n }', 'a.b')).toEqual({
      code: 'NXDOMAIN',
      answers: [],
    })
  })
})
