/** Go's settings for a program that ends before collecting garbage pays: a quarter of kubectl's processor time. */
export const shortLived = { GOGC: 'off', GOMAXPROCS: '1', GOMEMLIMIT: '500MiB' }
