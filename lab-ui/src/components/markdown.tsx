// Markdown of a scenario. Authors are trusted with words, not with the page: the HTML is cleaned.
import DOMPurify from 'dompurify'
import { marked, type Token } from 'marked'
import { createMemo, For, Match, Switch } from 'solid-js'
import { readShellCommands, type ShellCommand } from '../state/shell-commands.ts'
import { CommandList } from './command-list.tsx'
import styles from './markdown.module.css'

type Block = { commands: ShellCommand[] } | { html: string }

/** Blocks of commands become lists; everything between them is one piece of HTML. */
function readBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let between: Token[] = []
  const flush = () => {
    if (between.length > 0) blocks.push({ html: DOMPurify.sanitize(marked.parser(between)) })
    between = []
  }
  for (const token of marked.lexer(text)) {
    const commands = token.type === 'code' ? readShellCommands(token.lang, token.text) : undefined
    if (!commands) {
      between.push(token)
      continue
    }
    flush()
    blocks.push({ commands })
  }
  flush()
  return blocks
}

/** Shows `text`; with `onRun`, commands in it get a button that hands them over. */
export function Markdown(props: { text: string; onRun?: ((command: string) => void) | undefined }) {
  const blocks = createMemo(() => readBlocks(props.text))
  return (
    <div class={styles.markdown}>
      <For each={blocks()}>
        {(block) => (
          <Switch>
            <Match when={'commands' in block && block.commands}>
              {(commands) => <CommandList commands={commands()} onRun={props.onRun} />}
            </Match>
            <Match when={'html' in block && block.html}>{(html) => <div innerHTML={html()} />}</Match>
          </Switch>
        )}
      </For>
    </div>
  )
}
