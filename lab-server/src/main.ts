// The command line: which command, then that command's own file. Imports late, so that `--help` is instant.
import { ConfigError } from './config.ts'

interface Command {
  summary: string
  run(args: string[]): Promise<void>
}

const commands: Record<string, Command> = {
  serve: {
    summary: 'start the lab (what npm start does)',
    run: async (args) => (await import('./commands/serve.ts')).serve(args),
  },
  cluster: {
    summary: 'start the embedded cluster alone, as its administrator',
    run: async (args) => (await import('./commands/cluster.ts')).cluster(args),
  },
  scenarios: {
    summary: 'list the scenarios',
    run: async (args) => (await import('./commands/scenarios.ts')).scenarios(args),
  },
  verify: {
    summary: 'prove scenarios: they break, they can be repaired, wrong fixes are refused',
    run: async (args) => (await import('./commands/verify.ts')).verify(args),
  },
  doctor: {
    summary: 'say what this machine can do, and what is missing',
    run: async (args) => (await import('./commands/doctor.ts')).doctor(args),
  },
}

const help = `TaskMaster Lab: break-fix training for Kubernetes

Usage: npm run lab -- COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

Each command explains itself with --help.
`

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new ConfigError(`There is no command "${name}". Try one of: ${Object.keys(commands).join(', ')}.`)
  await command.run(args)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  // A setting to mend needs no stack; anything else is ours to find.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exitCode = 1
}
