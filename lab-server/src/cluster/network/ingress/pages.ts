// The pages that nginx answers with when there is nothing to forward.

const reasons: Record<number, string> = {
  301: '301 Moved Permanently',
  308: '308 Permanent Redirect',
  400: '400 Bad Request',
  404: '404 Not Found',
  413: '413 Request Entity Too Large',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
}

/** nginx's HTML for a status, with its version hidden as ingress-nginx does. */
export function errorPage(status: number): string {
  const title = reasons[status] ?? String(status)
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
}
