// A button says what it does with a verb.
import { type JSX, splitProps } from 'solid-js'
import styles from './button.module.css'

type ButtonProps = JSX.ButtonHTMLAttributes<HTMLButtonElement> & { look?: 'primary' | 'plain' | 'quiet' | 'danger' }

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ['look', 'class'])
  return (
    <button type="button" class={`${styles.button} ${own.class ?? ''}`} data-look={own.look ?? 'plain'} {...rest} />
  )
}
