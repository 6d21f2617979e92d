// A headless browser for the tests that drive the pages as a person would.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from '@playwright/test'

const candidates = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']

/** The machine's browser, or undefined: the tests are skipped then, with the reason. */
export const browserPath = candidates.find((path) => existsSync(path))

/** Starts it without anything that asks the network by itself. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
