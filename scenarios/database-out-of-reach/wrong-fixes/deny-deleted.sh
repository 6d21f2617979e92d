#!/bin/sh
# Refused: the way from app=frontend to app=postgres on port 5432 is open
set -e
kubectl -n taskmaster delete networkpolicy default-deny-ingress allow-backend-to-postgres
