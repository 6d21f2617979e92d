// Commands with what each shows; where there is a terminal, each can be run again.
import { For, Show } from 'solid-js'
import type { ShellCommand } from '../state/shell-commands.ts'
import styles from './command-list.module.css'

export function CommandList(props: { commands: ShellCommand[]; onRun: ((command: string) => void) | undefined }) {
  return (
    <ul class={styles.list}>
      <For each={props.commands}>
        {({ command, note }) => (
          <li>
            <code>{command}</code>
            <Show when={props.onRun}>
              {(run) => (
                <button type="button" aria-label={`Run ${command} in the terminal`} onClick={() => run()(command)}>
                  Run
                </button>
              )}
            </Show>
            <Show when={note}>
              <p>{note}</p>
            </Show>
          </li>
        )}
      </For>
    </ul>
  )
}
