#!/bin/sh
# Accepted: another Ingress with the right host; the wrong one is removed.
set -e
kubectl -n taskmaster create ingress taskmaster --class=nginx \
  --rule='taskmaster.local/api*=backend-svc:5000' --rule='taskmaster.local/*=frontend-svc:80'
kubectl -n taskmaster delete ingress taskmaster-ingress
