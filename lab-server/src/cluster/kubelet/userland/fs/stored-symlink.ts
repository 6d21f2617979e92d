// A symbolic link that a container makes is stored as a small file, never as a link of the host: processes of the host
// that share a folder with the container would follow a real one out of it.

const mark = '!<symlink>'

/** Longest stored link; longer files need not be read to know that they are none. */
export const longestStoredSymlink = mark.length + 4096

/** The content that stands for a link to `target`. */
export const symlinkContent = (target: string) => `${mark}${target}`

/** The target when `content` stands for a link. */
export function readSymlinkContent(content: string): string | undefined {
  return content.startsWith(mark) && !content.includes('\n') ? content.slice(mark.length) : undefined
}
