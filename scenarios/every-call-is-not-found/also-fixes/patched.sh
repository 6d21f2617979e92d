#!/bin/sh
# Accepted: the same as a patch.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "remove", "path": "/metadata/annotations/nginx.ingress.kubernetes.io~1rewrite-target"}]'
