#!/bin/sh
# Refused: create: 5
# Earns: 34
set -e
kubectl -n taskmaster annotate ingress taskmaster-ingress nginx.ingress.kubernetes.io/proxy-body-size-
