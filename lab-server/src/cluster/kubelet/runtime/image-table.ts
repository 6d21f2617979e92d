import type { Image } from '../container-runtime.ts'
import { normalizeImageReference, parseImageReference } from './image-reference.ts'

/** Answers which image a reference names, as a registry would: by tag, by digest, or not at all. */
export function makeImageTable(images: Image[]): (reference: string) => Image | undefined {
  const byName = new Map<string, Image>()
  for (const image of images) {
    for (const name of image.names) byName.set(normalizeImageReference(name) ?? name, image)
  }

  return (text) => {
    const reference = parseImageReference(text)
    if (!reference) return undefined
    if (!reference.digest) return byName.get(`${reference.repository}:${reference.tag}`)
    // A digest wins over a tag, as in every registry client.
    return images.find(
      (image) =>
        image.digest === reference.digest &&
        image.names.some((name) => parseImageReference(name)?.repository === reference.repository),
    )
  }
}
