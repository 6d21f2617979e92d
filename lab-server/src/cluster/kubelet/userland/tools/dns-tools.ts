// nslookup, dig, host and getent: what the pod's DNS server says.
import { isIPv4 } from 'node:net'
import type { ResourceRecord } from '../../../network/dns/message.ts'
import { candidateNames, type DnsAnswer } from '../pod-network.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { parseOptions } from './options.ts'

const reverseName = (address: string) => `${address.split('.').toReversed().join('.')}.in-addr.arpa`

/** Asks for each name of the search list in turn until one exists. */
async function search(task: Task, name: string): Promise<{ name: string; answer: DnsAnswer | undefined }> {
  const { network } = task.system
  let last: { name: string; answer: DnsAnswer | undefined } = { name, answer: undefined }
  for (const candidate of candidateNames(name, await network.resolver())) {
    const answer = await network.query(candidate, 'A')
    if (!answer) return { name: candidate, answer }
    last = { name: candidate, answer }
    if (answer.answers.length > 0) return last
  }
  return last
}

const addresses = (records: ResourceRecord[]) =>
  records.flatMap((record) => (record.type === 'A' ? [record.address] : []))

/** BusyBox's `nslookup name [server]`. */
const nslookup: Tool = async (task) => {
  const operands = task.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  const [name] = operands
  if (name === undefined)
    throw new ToolFailure(
      'BusyBox v1.37.0 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
    )
  const { network } = task.system
  const { nameserver } = await network.resolver()
  if (nameserver === '') throw new ToolFailure('nslookup: bad address')
  const header = `Server:\t\t${nameserver}\nAddress:\t${nameserver}:53\n\n`

  if (isIPv4(name)) {
    const answer = await network.query(reverseName(name), 'PTR')
    if (!answer) return timedOut(task)
    await task.stdout.write(header)
    const targets = answer.answers.flatMap((record) => (record.type === 'PTR' ? [record.target] : []))
    if (targets.length === 0) return notFound(task, reverseName(name), answer.code)
    for (const target of targets) await task.stdout.write(`${reverseName(name)}\tname = ${target}\n`)
    await task.stdout.write('\n')
    return 0
  }

  const { name: found, answer } = await search(task, name)
  if (!answer) return timedOut(task)
  await task.stdout.write(header)
  const list = addresses(answer.answers)
  if (list.length === 0) {
    const [first = name] = candidateNames(name, await network.resolver())
    return notFound(task, name.includes('.') ? name : first, answer.code)
  }
  for (const record of answer.answers) {
    if (record.type === 'CNAME') await task.stdout.write(`${record.name}\tcanonical name = ${record.target}\n`)
    if (record.type === 'A') await task.stdout.write(`Name:\t${record.name || found}\nAddress: ${record.address}\n`)
  }
  await task.stdout.write('\n')
  return 0
}

async function notFound(task: Task, name: string, code: string): Promise<number> {
  await task.stdout.write(
    code === 'NOERROR' ? `*** Can't find ${name}: No answer\n\n` : `** server can't find ${name}: ${code}\n\n`,
  )
  return 1
}

async function timedOut(task: Task): Promise<number> {
  await task.stdout.write(';; connection timed out; no servers could be reached\n\n')
  return 1
}

const recordTypes = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'NS', 'SOA', 'TXT', 'ANY'] as const

function dataOf(record: ResourceRecord): string {
  switch (record.type) {
    case 'A':
      return record.address
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}.`
    case 'SOA':
      return `${record.primary}. ${record.mailbox}. ${record.serial} 7200 1800 86400 5`
    default:
      return `${record.target}.`
  }
}

const dig: Tool = async (task) => {
  const words = task.argv.slice(1)
  const server = words.find((word) => word.startsWith('@'))?.slice(1)
  const flags = new Set(words.filter((word) => word.startsWith('+')).map((word) => word.slice(1)))
  const reversed = words[words.indexOf('-x') + 1]
  const isReverse = words.includes('-x') && reversed !== undefined
  const plain = words.filter((word, index) => !/^[-@+]/.test(word) && words[index - 1] !== '-x')
  const type = isReverse ? 'PTR' : (recordTypes.find((one) => plain.some((word) => word.toUpperCase() === one)) ?? 'A')
  const given = isReverse
    ? reverseName(reversed)
    : (plain.find((word) => !recordTypes.some((one) => one === word.toUpperCase())) ?? '.')
  const { network } = task.system
  const config = await network.resolver()
  const names = flags.has('search') ? candidateNames(given, config) : [given.replace(/\.$/, '')]
  const started = performance.now()
  let name = names[0] ?? given
  let answer: DnsAnswer | undefined
  for (const candidate of names) {
    name = candidate
    answer = await network.query(candidate, type)
    if (!answer || answer.answers.length > 0) break
  }
  const at = server ?? config.nameserver
  if (!answer) {
    await task.stdout.write(
      `;; communications error to ${at}#53: timed out\n\n; <<>> DiG 9.20.10 <<>> ${words.join(' ')}\n;; global options: +cmd\n;; no servers could be reached\n`,
    )
    return 9
  }
  if (flags.has('short')) {
    for (const record of answer.answers) await task.stdout.write(`${dataOf(record)}\n`)
    return 0
  }
  const records = answer.answers
    .map((record) => `${record.name}.\t${record.ttl}\tIN\t${record.type}\t${dataOf(record)}\n`)
    .join('')
  const body = records === '' ? '' : `;; ANSWER SECTION:\n${records}\n`
  if (flags.has('noall')) {
    await task.stdout.write(records)
    return 0
  }
  await task.stdout.write(
    `\n; <<>> DiG 9.20.10 <<>> ${words.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.code}, id: ${Math.floor(Math.random() * 65_536)}\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;${name}.\t\tIN\t${type}\n\n${body};; Query time: ${Math.round(performance.now() - started)} msec\n;; SERVER: ${at}#53(${at}) (UDP)\n\n`,
  )
  return 0
}

const host: Tool = async (task) => {
  const [, name = ''] = task.argv
  const { name: found, answer } = await search(task, name)
  const list = addresses(answer?.answers ?? [])
  for (const address of list) await task.stdout.write(`${found} has address ${address}\n`)
  if (list.length === 0) await task.stdout.write(`Host ${name} not found: 3(NXDOMAIN)\n`)
  return Number(list.length === 0)
}

const getent: Tool = async (task) => {
  const { operands } = parseOptions(task.argv, '')
  const [database, ...names] = operands
  const { fs, network } = task.system
  if (database === 'hosts' || database === 'ahosts') {
    let status = 0
    for (const name of names) {
      const [address] = await network.resolve(name)
      if (address === undefined) status = 2
      else await task.stdout.write(`${address.padEnd(15)}   ${name}\n`)
    }
    return status
  }
  if (database !== 'passwd' && database !== 'group')
    throw new ToolFailure(`getent: unknown database '${database ?? ''}'`, 1)
  const lines = (await fs.readFile(`/etc/${database}`)).split('\n').filter(Boolean)
  const wanted = lines.filter(
    (line) => names.length === 0 || names.some((name) => line.split(':')[0] === name || line.split(':')[2] === name),
  )
  await task.stdout.write(wanted.map((line) => `${line}\n`).join(''))
  return wanted.length > 0 ? 0 : 2
}

export const dnsTools: Record<string, Tool> = { nslookup, dig, host, getent }
