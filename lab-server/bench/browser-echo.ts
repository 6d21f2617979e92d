// From a key pressed in a page to its echo drawn there, by the browser's own clock.
import { browserPath, startBrowser } from '../test/browser/browser.ts'
import type { LabProcess } from './lab-process.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'

const keys = 100

/**
 * A browser draws when its display does, at 60 Hz every 16.7 ms, and paints a frame of its own after a key: that is most
 * of what a person waits. Without that rhythm the figure is what the page, the lab and the shell take.
 */
const withoutFrames = ['--disable-frame-rate-limit', '--disable-gpu-vsync']

/** Presses keys at the prompt of an attempt's page, one after another, and prints key to drawn echo. */
export async function benchBrowserEcho(lab: LabProcess, attemptId: string, print: Print): Promise<void> {
  if (!browserPath) {
    print('key to echo in a browser', 'not measured: no browser on this machine')
    return
  }
  const drawn = await pressKeys(lab, attemptId, [])
  print('key to echo drawn in a browser at 60 Hz', describeSamples(drawn, 'ms'))
  const free = await pressKeys(lab, attemptId, withoutFrames)
  print('key to echo drawn in a browser, frames at once', describeSamples(free, 'ms'))
}

/** Milliseconds from each key to its echo, in a browser with these options. */
async function pressKeys(lab: LabProcess, attemptId: string, options: readonly string[]): Promise<number[]> {
  const browser = await startBrowser(options)
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${lab.url}/#token=${lab.token}`)
    await page.getByPlaceholder('Filter').waitFor()
    await page.goto(`${lab.url}/attempts/${attemptId}`)
    await page.locator('.xterm-rows').getByText('student@lab').first().waitFor()
    await page.locator('.xterm-helper-textarea').focus()
    // From the key event until the frame in which the rows changed is painted. A browser paints before it tells the page
    // of an answer to a key, so that two frames (33 ms at 60 Hz) are what an echo takes there.
    await page.evaluate(() => {
      const samples: number[] = []
      let pressedAt = 0
      Object.assign(window, { echoSamples: samples })
      addEventListener('keydown', (event) => (pressedAt = event.timeStamp), true)
      const rows = document.querySelector('.xterm-rows')
      if (!rows) throw new Error('the page has no terminal')
      new MutationObserver(() => {
        const begun = pressedAt
        pressedAt = 0
        if (begun === 0) return
        // xterm draws in a frame's callback: what is posted there runs when the frame is painted.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => samples.push(performance.now() - begun)
        port2.postMessage(undefined)
      }).observe(rows, { childList: true, subtree: true, characterData: true })
    })
    const count = () => page.evaluate(() => (window as unknown as { echoSamples: number[] }).echoSamples.length)
    for (let index = 0; index < keys; index++) {
      await page.keyboard.press('x')
      await page.waitForFunction(
        (wanted) => (window as unknown as { echoSamples: number[] }).echoSamples.length >= wanted,
        index + 1,
      )
    }
    if ((await count()) === 0) throw new Error('no echo was drawn')
    return await page.evaluate(() => (window as unknown as { echoSamples: number[] }).echoSamples)
  } finally {
    await browser.close()
  }
}
