// Names of days and months in the C locale, in full: their short forms are the first three letters.

export const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
export const months = 'January February March April May June July August September October November December'.split(' ')
export const shortMonths = months.map((name) => name.slice(0, 3))
