// From a key pressed in a page to its echo drawn there, by the browser's own clock.
import { browserPath, startBrowser } from '../test/browser/browser.ts'
import type { LabProcess } from './lab-process.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'

const keys = 100

/** Presses keys at the prompt of an attempt's page, one after another, and prints key to drawn echo. */
export async function benchBrowserEcho(lab: LabProcess, attemptId: string, print: Print): Promise<void> {
  if (!browserPath) {
    print('key to echo in a browser', 'not measured: no browser on this machine')
    return
  }
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${lab.url}/#token=${lab.token}`)
    await page.getByPlaceholder('Filter').waitFor()
    await page.goto(`${lab.url}/attempts/${attemptId}`)
    await page.locator('.xterm-rows').getByText('student@lab').first().waitFor()
    await page.locator('.xterm-helper-textarea').focus()
    // From the key event until the frame in which the rows changed is painted. Nothing here asks for frames of its own:
    // an echo would wait for them.
    await page.evaluate(() => {
      let pressedAt = 0
      let tell = (_ms: number) => {}
      Object.assign(window, { nextEcho: () => new Promise<number>((resolve) => (tell = resolve)) })
      addEventListener('keydown', (event) => (pressedAt = event.timeStamp), true)
      const rows = document.querySelector('.xterm-rows')
      if (!rows) throw new Error('the page has no terminal')
      new MutationObserver(() => {
        const begun = pressedAt
        pressedAt = 0
        if (begun === 0) return
        // xterm draws in a frame's callback: what is posted there runs when the frame is painted.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => tell(performance.now() - begun)
        port2.postMessage(undefined)
      }).observe(rows, { childList: true, subtree: true, characterData: true })
    })
    const samples: number[] = []
    for (let index = 0; index < keys; index++) {
      const echo = page.evaluate(() => (window as unknown as { nextEcho(): Promise<number> }).nextEcho())
      await page.keyboard.press('x')
      samples.push(await echo)
    }
    print('key to echo drawn in a browser', describeSamples(samples, 'ms'))
  } finally {
    await browser.close()
  }
}
