#!/bin/sh
# Refused: create: 5
set -e
kubectl -n taskmaster annotate ingress taskmaster-ingress nginx.ingress.kubernetes.io/proxy-body-size-
