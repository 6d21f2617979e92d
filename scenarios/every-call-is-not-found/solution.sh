#!/bin/sh
# No rewriting.
set -e
kubectl -n taskmaster annotate ingress taskmaster-ingress nginx.ingress.kubernetes.io/rewrite-target-
