// Rules for paths and files in volumes.
import type { FieldError } from '../kind-definition.ts'
import { invalid, required } from '../validation/errors.ts'

/** The rights of a file. */
export function modeErrors(field: string, mode: number | null | undefined): FieldError[] {
  if (mode === undefined || mode === null || (mode >= 0 && mode <= 0o777)) return []
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}

/** A key of a ConfigMap or Secret and the file it becomes. */
export function fileErrors(
  field: string,
  { key, path, mode }: { key: string; path: string; mode?: number },
): FieldError[] {
  const errors = key ? [] : [required(`${field}.key`)]
  if (!path) errors.push(required(`${field}.path`))
  return [...errors, ...filePathErrors(`${field}.path`, path ?? ''), ...modeErrors(`${field}.mode`, mode)]
}

/** A path of a file that a volume makes: names that start with two dots are the volume's own. */
export function filePathErrors(field: string, path: string): FieldError[] {
  const errors = relativePathErrors(field, path)
  if (path.startsWith('..') && !path.startsWith('../') && path !== '..') {
    errors.push(invalid(field, path, "must not start with '..'"))
  }
  return errors
}

/** A path that stays below where it starts. */
export function relativePathErrors(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []
  return [...errors, ...backstepErrors(field, path)]
}

/** A path that never goes up. */
export function backstepErrors(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []
}
