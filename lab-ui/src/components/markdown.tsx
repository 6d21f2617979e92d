// Markdown of a scenario. Authors are trusted with words, not with the page: the HTML is cleaned.
import DOMPurify from 'dompurify'
import { marked } from 'marked'
import styles from './markdown.module.css'

export function Markdown(props: { text: string }) {
  const html = () => DOMPurify.sanitize(marked.parse(props.text, { async: false }))
  return <div class={styles.markdown} innerHTML={html()} />
}
