// What `nginx` says instead of serving: `nginx -v`, `nginx -t`, `nginx -s reload`. Arguments: the version, then its options.

const [version = '', option = '', value = ''] = process.argv.slice(2)
const signals = ['stop', 'quit', 'reopen', 'reload']

function say(...lines: string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}

function fail(line: string): void {
  say(line)
  process.exitCode = 1
}

if (option === '-v' || option === '-V') say(`nginx version: nginx/${version}`)
else if (option === '-t' || option === '-T') {
  const file = '/etc/nginx/nginx.conf'
  say(`nginx: the configuration file ${file} syntax is ok`, `nginx: configuration file ${file} test is successful`)
} else if (option === '-s' && signals.includes(value)) {
  const now = new Date().toISOString()
  const time = `${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 19)}`
  say(`${time} [notice] ${process.pid}#${process.pid}: signal process started`)
} else if (option === '-s') fail(`nginx: invalid option: "-s ${value}"`)
else fail(`nginx: invalid option: "${option}"`)
